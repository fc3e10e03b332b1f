//! How many. Never negative, never a bare integer.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A count of units, from 0 to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is from {min} to {max}, not {got}", max = Quantity::MAX)]
pub struct QuantityError {
    min: i64,
    got: i64,
}

impl Quantity {
    /// What one line may ask for.
    pub const MAX: i64 = 1_000_000;
    pub const ZERO: Self = Self(0);

    pub fn new(units: i64) -> Result<Self, QuantityError> {
        if (0..=Self::MAX).contains(&units) { Ok(Self(units)) } else { Err(QuantityError { min: 0, got: units }) }
    }

    /// A quantity that is wanted: at least one.
    pub fn wanted(units: i64) -> Result<Self, QuantityError> {
        if units < 1 { Err(QuantityError { min: 1, got: units }) } else { Self::new(units) }
    }

    pub const fn get(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Quantity {
    type Error = QuantityError;

    fn try_from(units: i64) -> Result<Self, QuantityError> {
        Self::new(units)
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> i64 {
        quantity.0
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_counted_is_a_quantity() {
        assert_eq!(Quantity::wanted(1).map(Quantity::get), Ok(1));
        assert_eq!(Quantity::wanted(Quantity::MAX).map(Quantity::get), Ok(Quantity::MAX));
        for wrong in [0, -1, Quantity::MAX + 1, i64::MAX, i64::MIN] {
            assert!(Quantity::wanted(wrong).is_err(), "{wrong}");
        }
    }
}
