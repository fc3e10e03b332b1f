//! PURE. Brands.

use crate::clock::Timestamp;
use crate::id::{BrandId, StoreId};

use super::field::{FieldErrors, Fields};
use super::name::{Slug, Title, WantedSlug};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    pub id: BrandId,
    pub store_id: StoreId,
    pub slug: Slug,
    pub name: Title,
    pub version: i64,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A brand as someone wrote it down.
#[derive(Debug, Clone, Default)]
pub struct BrandDraft {
    /// None: made of the name.
    pub slug: Option<String>,
    pub name: String,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct BrandPatch {
    pub slug: Option<String>,
    pub name: Option<String>,
}

/// The parsed fields.
pub(super) struct ParsedBrand {
    pub(super) slug: WantedSlug,
    pub(super) name: Title,
}

impl BrandDraft {
    pub(super) fn parse(&self) -> Result<ParsedBrand, FieldErrors> {
        let mut fields = Fields::default();
        let name = fields.name("/name", &self.name, Title::parse(&self.name));
        let slug = fields.slug(self.slug.as_deref(), &self.name);
        fields.give(name.zip(slug).map(|(name, slug)| ParsedBrand { slug, name }))
    }
}

impl Brand {
    pub(super) fn draft(&self) -> BrandDraft {
        BrandDraft { slug: Some(self.slug.to_string()), name: self.name.to_string() }
    }
}

impl BrandPatch {
    pub(super) fn onto(self, draft: BrandDraft) -> BrandDraft {
        BrandDraft { slug: self.slug.or(draft.slug), name: self.name.unwrap_or(draft.name) }
    }
}
