//! PURE. What travels with each commit of the index: how far in the outbox it is, of which database, when it was, and in which
//! languages its documents are.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::outbox::Position;

use super::languages::Languages;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Watermark {
    /// Tells one database from another that happens to lie where it lay.
    pub(super) database: String,
    /// Under which the outbox knows this index: made when it was built, for every server has an index of its own.
    pub(super) consumer: String,
    #[serde(with = "position_as_text")]
    pub(super) position: Position,
    /// Prices that changed by schedule up to then are in the index.
    pub(super) at: Timestamp,
    #[serde(default)]
    pub(super) languages: Languages,
    /// A new index was asked for by the outbox, up to here, and is not made yet.
    #[serde(default)]
    pub(super) anew: bool,
}

impl Watermark {
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("strings, a time and a map of strings are always JSON")
    }

    /// None: not ours, or of another time.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

mod position_as_text {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::outbox::Position;

    pub(super) fn serialize<S: Serializer>(position: &Position, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(position)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Position, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use search_index::Language;

    use super::*;
    use crate::id::StoreId;

    #[test]
    fn a_watermark_is_read_back_as_it_was_written() {
        let mut languages = Languages::default();
        languages.set(StoreId::MAIN, Language::German);
        let watermark = Watermark {
            database: "here".to_owned(),
            consumer: "search-1".to_owned(),
            position: Position { xid: 7, id: 9 },
            at: Timestamp::from_timestamp(1_767_268_800, 0).expect("a time"),
            languages,
            anew: true,
        };
        assert_eq!(Watermark::read(&watermark.write()), Some(watermark));
        assert_eq!(Watermark::read("event 17"), None);
        let of_before = r#"{"database":"here","consumer":"search-1","position":"7.9","at":"2026-01-01T00:00:00Z"}"#;
        let read = Watermark::read(of_before).expect("what the version before wrote");
        assert_eq!((read.position, read.anew), (Position { xid: 7, id: 9 }, false));
        assert_eq!(Watermark::read(&of_before.replace("7.9", "x")), None);
    }
}
