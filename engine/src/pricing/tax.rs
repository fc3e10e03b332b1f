//! Tax of an amount: contained in it or added to it, rounded half-even.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

use crate::money::{MoneyError, Rounding, divide};

/// The whole, in basis points.
const ONE: i128 = 10_000;

/// 1800 basis points are 18 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxRate {
    pub rate_bp: u32,
    /// The price already contains it.
    pub inclusive: bool,
}

impl TaxRate {
    /// The tax contained in `net_minor` (inclusive) or to be added to it (exclusive).
    pub fn of(self, net_minor: i64) -> Result<i64, MoneyError> {
        if self.rate_bp == 0 {
            return Ok(0);
        }
        let (net, rate) = (i128::from(net_minor), i128::from(self.rate_bp));
        // An i64 times ten thousand, or times a u32, is far inside an i128.
        if self.inclusive {
            let before_tax = divide(net.saturating_mul(ONE), ONE.saturating_add(rate), Rounding::HalfEven)?;
            net_minor.checked_sub(before_tax).ok_or(MoneyError::Overflow)
        } else {
            divide(net.saturating_mul(rate), ONE, Rounding::HalfEven)
        }
    }

    /// The part of the tax that the price does not contain yet.
    pub(super) fn added(self, tax_minor: i64) -> i64 {
        if self.inclusive { 0 } else { tax_minor }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Money;

    fn inclusive(rate_bp: u32, net: i64) -> i64 {
        TaxRate { rate_bp, inclusive: true }.of(net).expect("fits")
    }

    fn exclusive(rate_bp: u32, net: i64) -> i64 {
        TaxRate { rate_bp, inclusive: false }.of(net).expect("fits")
    }

    #[test]
    fn tax_is_rounded_to_the_even_neighbour() {
        // 5 % of 10, 30, 50 and 70 is exactly half a unit more than 0, 1, 2 and 3.
        assert_eq!([10, 30, 50, 70].map(|net| exclusive(500, net)), [0, 2, 2, 4]);
        assert_eq!(exclusive(500, 51), 3);
        // 6 contains half of itself at 300 %: 6 / 4 = 1.5 before tax, rounded to 2.
        assert_eq!(inclusive(30_000, 6), 4);
        assert_eq!(inclusive(30_000, 10), 8);
        assert_eq!(inclusive(1800, 259_800), 39_631);
        assert_eq!(inclusive(0, 259_800), 0);
    }

    #[test]
    fn tax_beyond_what_can_be_counted_is_refused() {
        let steep = TaxRate { rate_bp: 100_000, inclusive: false };
        assert_eq!(steep.of(i64::MAX), Err(MoneyError::Overflow));
        assert!(TaxRate { rate_bp: 100_000, inclusive: true }.of(i64::MAX).is_ok());
    }

    proptest! {
        #[test]
        fn contained_tax_is_a_part_of_the_price(net in 0..=Money::MAX_TOTAL, rate in 0u32..=100_000) {
            let tax = inclusive(rate, net);
            prop_assert!((0..=net).contains(&tax));
        }

        #[test]
        fn tax_on_the_untaxed_part_is_the_contained_tax_within_one_unit(net in 0..1_000_000_000_i64, rate in 0u32..=10_000) {
            let contained = inclusive(rate, net);
            prop_assert!((exclusive(rate, net - contained) - contained).abs() <= 1);
        }

        #[test]
        fn who_pays_more_is_not_taxed_less(net in 0..Money::MAX_TOTAL, more in 0..1_000_000_i64, rate in 0u32..=100_000) {
            prop_assert!(inclusive(rate, net) <= inclusive(rate, net + more));
            prop_assert!(exclusive(rate, net) <= exclusive(rate, net + more));
            prop_assert!(exclusive(rate, net) <= exclusive(rate + 1, net));
        }
    }
}
