//! PURE. A place in the outbox: the writing transaction, then the row.
//!
//! Rows are ordered by their transaction first, because a transaction that began early may commit late: by row number
//! alone its rows would appear behind a reader's back.

use std::fmt;
use std::str::FromStr;

/// Everything up to it, itself included, has been dealt with. The default is the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    pub xid: u64,
    pub id: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a position in the outbox, of the form <transaction>.<row>")]
pub struct ParsePositionError;

impl Position {
    /// All rows of the transactions before `xid`.
    pub fn before_transaction(xid: u64) -> Self {
        match xid.checked_sub(1) {
            Some(last) => Self { xid: last, id: i64::MAX },
            None => Self::default(),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.xid, self.id)
    }
}

impl FromStr for Position {
    type Err = ParsePositionError;

    fn from_str(text: &str) -> Result<Self, ParsePositionError> {
        let (xid, id) = text.split_once('.').ok_or(ParsePositionError)?;
        let id = id.parse().ok().filter(|id| *id >= 0).ok_or(ParsePositionError)?;
        Ok(Self { xid: xid.parse().map_err(|_| ParsePositionError)?, id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_ordered_by_transaction_then_row() {
        let position = |xid, id| Position { xid, id };
        assert!(position(7, 90) < position(8, 1));
        assert!(position(8, 1) < position(8, 2));
        assert!(position(7, i64::MAX) == Position::before_transaction(8));
        assert!(Position::before_transaction(0) == Position::default());
    }

    #[test]
    fn a_position_is_read_back_as_it_is_shown_and_no_other_way() {
        for position in [Position::default(), Position { xid: u64::MAX, id: i64::MAX }] {
            assert_eq!(position.to_string().parse(), Ok(position));
        }
        for wrong in ["", "1", "1.", ".1", "1.-1", "-1.1", "1.1.1", "a.b"] {
            assert_eq!(wrong.parse::<Position>(), Err(ParsePositionError), "{wrong}");
        }
    }
}
