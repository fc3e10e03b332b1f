//! Money: minor units and a currency in one value. Checked arithmetic, no operators, no floats.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

use std::cmp::{Ordering, Reverse};
use std::fmt;

use serde::{Deserialize, Serialize};

/// An ISO 4217 code, three upper-case letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// An amount in minor units (paise, cents). May be negative: a discount is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    #[serde(rename = "amount")]
    pub minor: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("an amount of money beyond what can be counted")]
    Overflow,
    #[error("{left} and {right} cannot be added")]
    CurrencyMismatch { left: Currency, right: Currency },
    #[error("a currency is three upper-case letters (ISO 4217)")]
    NotACurrency,
    #[error("nothing to share an amount out by")]
    NoWeights,
}

/// What becomes of the part that is smaller than a minor unit. Named at every call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearest; a half to the even neighbour, so that halves do not add up to a bias.
    HalfEven,
    /// Towards zero: the remainder is somebody else's.
    Down,
}

impl Currency {
    pub const INR: Self = Self(*b"INR");

    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::NotACurrency),
        }
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters")
    }
}

impl Money {
    /// The largest total an order may have, in minor units.
    pub const MAX_TOTAL: i64 = 1_000_000_000_000_000;

    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency });
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }
}

/// `numerator / denominator` in minor units, for amounts that were multiplied before.
pub fn divide(numerator: i128, denominator: i128, rounding: Rounding) -> Result<i64, MoneyError> {
    let quotient = numerator.checked_div(denominator).ok_or(MoneyError::Overflow)?;
    let remainder = numerator.checked_rem(denominator).ok_or(MoneyError::Overflow)?;
    let is_up = match rounding {
        Rounding::Down => false,
        Rounding::HalfEven => {
            let twice = remainder.unsigned_abs().saturating_mul(2);
            match twice.cmp(&denominator.unsigned_abs()) {
                Ordering::Greater => true,
                Ordering::Equal => quotient & 1 == 1,
                Ordering::Less => false,
            }
        }
    };
    let away_from_zero = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    let rounded = if is_up { quotient.checked_add(away_from_zero) } else { Some(quotient) };
    rounded.and_then(|rounded| i64::try_from(rounded).ok()).ok_or(MoneyError::Overflow)
}

/// Shares `total_minor` out by `weights`, to the minor unit: the parts add up to the total exactly, and none is a whole
/// unit away from its exact share. The units that rounding down leaves over go to the largest remainders, the earlier
/// first where they are equal.
pub fn allocate(total_minor: i64, weights: &[u64]) -> Result<Vec<i64>, MoneyError> {
    let sum = weights.iter().map(|&weight| u128::from(weight)).fold(0_u128, u128::saturating_add);
    if sum == 0 {
        return Err(MoneyError::NoWeights);
    }
    let total = u128::from(total_minor.unsigned_abs());
    // 63 bits times 64 bits fit; a share is at most the total, the sum of all shares too.
    let exact = |weight: u64| total.saturating_mul(u128::from(weight));
    let mut shares: Vec<u128> = weights.iter().map(|&weight| exact(weight).checked_div(sum).unwrap_or(0)).collect();
    let left_over = total.saturating_sub(shares.iter().fold(0, |all, &share| all.saturating_add(share)));
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&part| Reverse(exact(weights[part]).checked_rem(sum).unwrap_or(0)));
    for (part, _) in by_remainder.into_iter().zip(0..left_over) {
        shares[part] = shares[part].saturating_add(1);
    }
    let signed = |share: u128| {
        let share = i128::try_from(share).ok()?;
        i64::try_from(if total_minor < 0 { share.checked_neg()? } else { share }).ok()
    };
    shares.into_iter().map(|share| signed(share).ok_or(MoneyError::Overflow)).collect()
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(code: String) -> Result<Self, MoneyError> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_half_goes_to_the_even_neighbour() {
        for (numerator, rounded) in
            [(0, 0), (4, 0), (5, 0), (6, 1), (14, 1), (15, 2), (25, 2), (26, 3), (35, 4), (-5, 0), (-15, -2), (-26, -3)]
        {
            assert_eq!(divide(numerator, 10, Rounding::HalfEven), Ok(rounded), "{numerator}");
            assert_eq!(divide(-numerator, -10, Rounding::HalfEven), Ok(rounded), "{numerator}");
        }
        assert_eq!(divide(19, 10, Rounding::Down), Ok(1));
        assert_eq!(divide(-19, 10, Rounding::Down), Ok(-1));
    }

    #[test]
    fn what_cannot_be_divided_is_refused() {
        assert_eq!(divide(1, 0, Rounding::HalfEven), Err(MoneyError::Overflow));
        assert_eq!(divide(i128::MIN, -1, Rounding::HalfEven), Err(MoneyError::Overflow));
        assert_eq!(divide(i128::from(i64::MAX) + 1, 1, Rounding::Down), Err(MoneyError::Overflow));
    }

    #[test]
    fn the_left_over_units_go_to_the_largest_remainders() {
        assert_eq!(allocate(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
        assert_eq!(allocate(100, &[1, 2, 3]), Ok(vec![17, 33, 50]));
        assert_eq!(allocate(-100, &[1, 1, 1]), Ok(vec![-34, -33, -33]));
        assert_eq!(allocate(7, &[0, 5, 0]), Ok(vec![0, 7, 0]));
        assert_eq!(allocate(i64::MIN, &[1, 1]), Ok(vec![i64::MIN / 2; 2]));
        assert_eq!(allocate(7, &[0, 0]), Err(MoneyError::NoWeights));
        assert_eq!(allocate(0, &[]), Err(MoneyError::NoWeights));
    }

    #[test]
    fn money_of_two_currencies_is_not_added() {
        let euro = Currency::parse("EUR").expect("a currency");
        assert_eq!(
            Money::new(1, Currency::INR).checked_add(Money::new(1, euro)),
            Err(MoneyError::CurrencyMismatch { left: Currency::INR, right: euro })
        );
        assert_eq!(Money::new(i64::MAX, euro).checked_add(Money::new(1, euro)), Err(MoneyError::Overflow));
        for wrong in ["", "EU", "eur", "EURO", "E1R", "€"] {
            assert_eq!(Currency::parse(wrong), Err(MoneyError::NotACurrency), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn shares_add_up_and_each_is_within_a_unit_of_what_is_due(
            total in any::<i64>(),
            weights in proptest::collection::vec(0_u64..=1_000_000_000_000, 1..200),
        ) {
            let sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
            prop_assume!(sum > 0);
            let shares = allocate(total, &weights).expect("there are weights");
            prop_assert_eq!(shares.iter().map(|&share| i128::from(share)).sum::<i128>(), i128::from(total));
            for (share, weight) in shares.iter().zip(&weights) {
                let due = u128::from(total.unsigned_abs()) * u128::from(*weight);
                let given = u128::from(share.unsigned_abs()) * sum;
                prop_assert!(given.abs_diff(due) < sum, "{share} for {weight} of {sum}");
                prop_assert!(*share == 0 || (*share < 0) == (total < 0));
            }
        }

        #[test]
        fn who_weighs_more_gets_no_less(
            total in 0..=Money::MAX_TOTAL,
            weights in proptest::collection::vec(1_u64..=1000, 2..20),
        ) {
            let shares = allocate(total, &weights).expect("there are weights");
            for (a, b) in (0..weights.len()).flat_map(|a| (0..weights.len()).map(move |b| (a, b))) {
                if weights[a] > weights[b] {
                    prop_assert!(shares[a] >= shares[b]);
                }
            }
        }
    }
}
