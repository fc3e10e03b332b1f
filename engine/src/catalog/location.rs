//! PURE. Locations: where stock can be. The default one is what the shop sells from; the others are stocked and drawn from.

use crate::clock::Timestamp;
use crate::id::{LocationId, StoreId};

use super::field::{FieldErrors, Fields};
use super::name::{Code, Title};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub id: LocationId,
    pub store_id: StoreId,
    /// What people and files call it.
    pub code: Code,
    pub name: Title,
    pub is_default: bool,
    pub version: i64,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A location as someone wrote it down.
#[derive(Debug, Clone, Default)]
pub struct LocationDraft {
    pub code: String,
    pub name: String,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct LocationPatch {
    pub code: Option<String>,
    pub name: Option<String>,
}

/// The parsed fields.
pub(super) struct ParsedLocation {
    pub(super) code: Code,
    pub(super) name: Title,
}

impl LocationDraft {
    pub(super) fn parse(&self) -> Result<ParsedLocation, FieldErrors> {
        let mut fields = Fields::default();
        let code = fields.name("/code", &self.code, Code::parse(&self.code));
        let name = fields.name("/name", &self.name, Title::parse(&self.name));
        fields.give(code.zip(name).map(|(code, name)| ParsedLocation { code, name }))
    }
}

impl Location {
    pub(super) fn draft(&self) -> LocationDraft {
        LocationDraft { code: self.code.to_string(), name: self.name.to_string() }
    }
}

impl LocationPatch {
    pub(super) fn onto(self, draft: LocationDraft) -> LocationDraft {
        LocationDraft { code: self.code.unwrap_or(draft.code), name: self.name.unwrap_or(draft.name) }
    }
}
