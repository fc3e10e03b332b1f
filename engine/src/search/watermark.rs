//! PURE. What travels with each commit of the index: how far in the outbox it is, of which database, and when it was.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::outbox::Position;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Watermark {
    /// Tells one database from another that happens to lie where it lay.
    pub(super) database: String,
    /// Under which the outbox knows this index: made when it was built, for every server has an index of its own.
    pub(super) consumer: String,
    position: String,
    /// Prices that changed by schedule up to then are in the index.
    pub(super) at: Timestamp,
}

impl Watermark {
    pub(super) fn new(database: &str, consumer: &str, position: Position, at: Timestamp) -> Self {
        Self { database: database.to_owned(), consumer: consumer.to_owned(), position: position.to_string(), at }
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("strings and a time are always JSON")
    }

    /// None: not ours, or of another time.
    pub(super) fn read(text: &str) -> Option<(Self, Position)> {
        let watermark: Self = serde_json::from_str(text).ok()?;
        let position = watermark.position.parse().ok()?;
        Some((watermark, position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_is_read_back_as_it_was_written() {
        let (position, at) = (Position { xid: 7, id: 9 }, Timestamp::from_timestamp(1_767_268_800, 0).expect("a time"));
        let watermark = Watermark::new("here", "search-1", position, at);
        assert_eq!(Watermark::read(&watermark.write()), Some((watermark, position)));
        assert_eq!(Watermark::read("event 17"), None);
        assert_eq!(
            Watermark::read(r#"{"database":"here","consumer":"search-1","position":"x","at":"2026-01-01T00:00:00Z"}"#),
            None
        );
    }
}
