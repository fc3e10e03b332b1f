//! What other processes hear: which sessions ended.

use engine::clock::Timestamp;
use engine::id::SessionId;
use serde::{Deserialize, Serialize};

/// The payload. Read by every version that may run beside this one: what is not known is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Changed {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) sessions_ended: Vec<SessionId>,
    pub(crate) ended_at: Option<Timestamp>,
}
