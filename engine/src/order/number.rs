//! The number of an order, as people say it aloud: `7ZK4-2MQX-9TA`.
//!
//! 55 bits: milliseconds since 2020 (41, until 2089), then a counter that wraps (14), so that 16,384 orders can be placed
//! in one millisecond. Shown as eleven digits of Crockford's base 32, which has no I, L, O and U.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;

use crate::clock::Timestamp;

/// 2020-01-01T00:00:00Z.
const EPOCH_MS: i64 = 1_577_836_800_000;
const COUNTER_BITS: u32 = 14;
const TIME_BITS: u32 = 41;
const DIGITS: usize = 11;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct OrderNo(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order number has eleven letters and digits, as in 7ZK4-2MQX-9TA")]
pub struct ParseOrderNoError;

/// Gives out order numbers. One per process.
pub struct OrderNumbers {
    counter: AtomicU64,
}

impl OrderNumbers {
    /// `start` should differ from start to start: two starts within one millisecond then give different numbers.
    pub fn starting_at(start: u64) -> Self {
        Self { counter: AtomicU64::new(start) }
    }

    pub fn next(&self, now: Timestamp) -> OrderNo {
        let count = self.counter.fetch_add(1, Ordering::Relaxed) & ((1 << COUNTER_BITS) - 1);
        let since_epoch = now.timestamp_millis().saturating_sub(EPOCH_MS).clamp(0, (1 << TIME_BITS) - 1);
        OrderNo((since_epoch << COUNTER_BITS) | count.cast_signed())
    }
}

impl OrderNo {
    /// As its row has it.
    pub const fn from_row(number: i64) -> Self {
        Self(number)
    }

    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for OrderNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = *b"0000-0000-000";
        let mut rest = self.0.cast_unsigned();
        for place in shown.iter_mut().rev().filter(|place| **place != b'-') {
            *place = ALPHABET[(rest & 31) as usize];
            rest >>= 5;
        }
        f.write_str(std::str::from_utf8(&shown).expect("letters of the alphabet above"))
    }
}

impl fmt::Debug for OrderNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for OrderNo {
    type Err = ParseOrderNoError;

    /// Forgives what people do to a number: hyphens and spaces anywhere, small letters, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, ParseOrderNoError> {
        let (mut number, mut digits) = (0_i64, 0);
        for letter in text.bytes().filter(|letter| !matches!(letter, b'-' | b' ')) {
            let meant = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            let value = ALPHABET.iter().position(|&digit| digit == meant).ok_or(ParseOrderNoError)?;
            digits += 1;
            if digits > DIGITS {
                return Err(ParseOrderNoError);
            }
            number = (number << 5) | i64::try_from(value).expect("below 32");
        }
        if digits == DIGITS { Ok(Self(number)) } else { Err(ParseOrderNoError) }
    }
}

impl ToSql<BigInt, Pg> for OrderNo {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<BigInt, Pg>::to_sql(&self.0, out)
    }
}

impl FromSql<BigInt, Pg> for OrderNo {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<BigInt, Pg>::from_sql(bytes).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{TimeDelta, TimeZone, Utc};
    use proptest::prelude::*;

    use super::*;

    fn noon() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists")
    }

    #[test]
    fn a_number_is_read_back_however_it_was_said() {
        let number = OrderNumbers::starting_at(0b00_0001_0000_1010).next(noon());
        assert_eq!(number.to_string(), "2TJP-Y480-08A");
        for said in ["2TJP-Y480-08A", "2tjpy48008a", " 2TJP Y48o O8A", "2-T-J-P-Y-4-8-0-0-8-A"] {
            assert_eq!(said.parse(), Ok(number), "{said}");
        }
        assert_eq!("III-lll-1111-1".parse::<OrderNo>(), "111-1111-1111".parse());
        for wrong in ["", "2TJP-Y480-08", "2TJP-Y480-08AA", "2TJP-Y480-08U", "2TJP-Y480-08!", "ord_1", "２TJP-Y480-08A"]
        {
            assert_eq!(wrong.parse::<OrderNo>(), Err(ParseOrderNoError), "{wrong}");
        }
    }

    #[test]
    fn numbers_of_one_millisecond_differ_and_later_ones_are_larger() {
        let numbers = OrderNumbers::starting_at(16_000);
        let one_millisecond: HashSet<_> = (0..16_384).map(|_| numbers.next(noon())).collect();
        assert_eq!(one_millisecond.len(), 16_384);
        let later = numbers.next(noon() + TimeDelta::milliseconds(1));
        assert!(one_millisecond.iter().all(|&earlier| earlier < later));
    }

    #[test]
    fn a_clock_outside_of_the_numbers_range_gives_a_number_all_the_same() {
        let at = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().expect("a moment that exists");
        assert_eq!(OrderNumbers::starting_at(0).next(at(1999)).to_string(), "0000-0000-000");
        assert_eq!(OrderNumbers::starting_at(16_383).next(at(2200)).to_string(), "ZZZZ-ZZZZ-ZZZ");
    }

    proptest! {
        #[test]
        fn every_number_survives_being_shown(number in 0..1_i64 << 55) {
            prop_assert_eq!(OrderNo(number).to_string().parse(), Ok(OrderNo(number)));
        }
    }
}
