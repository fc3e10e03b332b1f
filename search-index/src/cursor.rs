//! The text form of a place in the results of one search. Opaque to callers; holds where the last
//! hit stood, not how many came before it, so that changes of the index neither repeat nor skip
//! what did not move.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::QueryError;
use crate::order::Place;

/// Longer ones were not made here.
const BYTES_MAX: usize = 2_048;

pub(crate) fn encode(fingerprint: u64, place: &Place) -> String {
    let json = serde_json::to_vec(&(fingerprint, place)).expect("numbers and strings are always JSON");
    URL_SAFE_NO_PAD.encode(json)
}

pub(crate) fn decode(cursor: &str, fingerprint: u64) -> Result<Place, QueryError> {
    if cursor.len() > BYTES_MAX {
        return Err(QueryError::MalformedCursor);
    }
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| QueryError::MalformedCursor)?;
    let (made_for, place): (u64, Place) = serde_json::from_slice(&json).map_err(|_| QueryError::MalformedCursor)?;
    if made_for == fingerprint { Ok(place) } else { Err(QueryError::CursorOfAnotherQuery) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Value;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let values = vec![Value::Number(-3), Value::Text("écran \" 27".to_owned())];
        let place = Place { values, id: "prod_1".to_owned() };
        let cursor = encode(7, &place);
        assert_eq!(decode(&cursor, 7), Ok(place));
        assert_eq!(decode(&cursor, 8), Err(QueryError::CursorOfAnotherQuery));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for bad in ["", "?", "AAAA", "e30", &"A".repeat(BYTES_MAX + 1)] {
            assert_eq!(decode(bad, 7), Err(QueryError::MalformedCursor), "{bad}");
        }
    }
}
