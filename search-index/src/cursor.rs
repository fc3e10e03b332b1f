//! The text form of a place in the results of one search. Opaque to callers; holds where the last
//! hit stood, not how many came before it, so that changes of the index neither repeat nor skip
//! what did not move. Only where meaning puts the first results in order, it is their number: an order that
//! depends on which of them there are has no places.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::error::QueryError;
use crate::meaning::HEAD;
use crate::order::Place;

/// Longer ones were not made here.
const BYTES_MAX: usize = 2_048;

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum End {
    /// After so many of the first results.
    Rank(usize),
    Place(Place),
}

pub(crate) fn encode(fingerprint: u64, end: &End) -> String {
    let json = serde_json::to_vec(&(fingerprint, end)).expect("numbers and strings are always JSON");
    URL_SAFE_NO_PAD.encode(json)
}

pub(crate) fn decode(cursor: &str, fingerprint: u64) -> Result<End, QueryError> {
    if cursor.len() > BYTES_MAX {
        return Err(QueryError::MalformedCursor);
    }
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| QueryError::MalformedCursor)?;
    let (made_for, end): (u64, End) = serde_json::from_slice(&json).map_err(|_| QueryError::MalformedCursor)?;
    match end {
        _ if made_for != fingerprint => Err(QueryError::CursorOfAnotherQuery),
        End::Rank(rank) if rank >= HEAD => Err(QueryError::MalformedCursor),
        End::Rank(_) | End::Place(_) => Ok(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Value;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let values = vec![Value::Number(-3), Value::Text("écran \" 27".to_owned())];
        for end in [End::Place(Place { values, id: "prod_1".to_owned() }), End::Rank(HEAD - 1)] {
            let cursor = encode(7, &end);
            assert_eq!(decode(&cursor, 7), Ok(end));
            assert_eq!(decode(&cursor, 8), Err(QueryError::CursorOfAnotherQuery));
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let far = encode(7, &End::Rank(HEAD));
        for bad in ["", "?", "AAAA", "e30", &far, &"A".repeat(BYTES_MAX + 1)] {
            assert_eq!(decode(bad, 7), Err(QueryError::MalformedCursor), "{bad}");
        }
    }
}
