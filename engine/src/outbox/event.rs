//! One row of the outbox.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::StoreId;

use super::position::Position;

#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub position: Position,
    pub store: StoreId,
    pub topic: String,
    pub payload: Value,
    /// When it was written.
    pub at: Timestamp,
}
