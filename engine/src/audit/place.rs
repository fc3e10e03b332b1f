//! PURE. Where a line stands in the trail, which is in the order of time.

use std::fmt;
use std::str::FromStr;

use chrono::DateTime;

use crate::clock::Timestamp;
use crate::id::AuditId;

/// Shown as `<microseconds since 1970>.<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: Timestamp,
    pub id: AuditId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no place in the audit trail")]
pub struct NoPlace;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.timestamp_micros(), self.id)
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (micros, id) = text.split_once('.').ok_or(NoPlace)?;
        let micros = Some(micros).filter(|micros| micros.bytes().all(|digit| digit.is_ascii_digit())).ok_or(NoPlace)?;
        let at = micros.parse().ok().and_then(DateTime::from_timestamp_micros).filter(in_range).ok_or(NoPlace)?;
        Ok(Self { at, id: id.parse().map_err(|_| NoPlace)? })
    }
}

/// PostgreSQL knows no later times than these; nobody's shop will.
fn in_range(at: &Timestamp) -> bool {
    at.timestamp() < 250_000_000_000
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_shown_and_no_other_way() {
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456).expect("in range");
        let place = Place { at, id: AuditId::from_uuid(Uuid::from_u128(7)) };
        assert_eq!(place.to_string(), "1700000000123456.aud_00000000000000000000000000000007");
        assert_eq!(place.to_string().parse(), Ok(place));
        let id = place.id;
        let wrong = [
            String::new(),
            ".".to_owned(),
            "1".to_owned(),
            "1.aud_".to_owned(),
            format!(".{id}"),
            format!("-1.{id}"),
            format!("+1.{id}"),
            format!("9223372036854775807.{id}"),
            format!("99999999999999999999999.{id}"),
            format!("1.{id}.2"),
        ];
        for wrong in wrong {
            assert_eq!(wrong.parse::<Place>(), Err(NoPlace), "{wrong}");
        }
    }
}
