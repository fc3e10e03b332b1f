//! The trail as it is read, and what may be asked of it.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::{AuditId, StoreId};

use super::actor::Who;
use super::place::Place;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: AuditId,
    pub store: StoreId,
    pub at: Timestamp,
    pub who: Who,
    /// None: on the machine itself.
    pub address: Option<String>,
    pub trace_id: Option<String>,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// None: it was not there.
    pub before: Option<Value>,
    /// None: it is not there any more.
    pub after: Option<Value>,
}

/// Which lines. None: any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub actor: Option<Who>,
    pub action: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<String>,
    /// Then or later.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
    pub address: Option<String>,
    pub trace_id: Option<String>,
}

impl Record {
    pub fn place(&self) -> Place {
        Place { at: self.at, id: self.id }
    }
}
