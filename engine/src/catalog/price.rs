//! PURE. The price side of a product page: what a variant costs now, until when, and how much that is below its MRP.

use crate::clock::Timestamp;
use crate::pricing::{Basis, UnitPrice};

/// What one unit costs at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceNow {
    pub minor: i64,
    pub basis: Basis,
    /// How much it is below the MRP, in basis points, rounded down: it never promises more than it gives.
    pub discount_bp: u32,
    /// When it next changes by itself: what is cached must not outlive it.
    pub until: Option<Timestamp>,
}

impl PriceNow {
    pub fn of(price: &UnitPrice, now: Timestamp) -> Self {
        let (minor, basis) = price.in_force(now);
        Self { minor, basis, discount_bp: discount_bp(price.mrp_minor, minor), until: price.next_boundary(now) }
    }
}

fn discount_bp(mrp_minor: i64, minor: i64) -> u32 {
    let off = i128::from(mrp_minor) - i128::from(minor);
    let bp = (off * 10_000).checked_div(i128::from(mrp_minor)).unwrap_or(0);
    u32::try_from(bp.clamp(0, 10_000)).expect("clamped")
}

#[cfg(test)]
mod tests {
    use super::discount_bp;

    #[test]
    fn a_discount_is_told_in_whole_basis_points_and_never_too_high() {
        let check = |mrp, minor, bp| assert_eq!(discount_bp(mrp, minor), bp, "{minor} of {mrp}");
        check(149_900, 129_900, 1334);
        check(3, 2, 3333);
        check(3, 1, 6666);
        check(100, 100, 0);
        check(100, 0, 10_000);
        check(0, 0, 0);
        check(1_000_000_000_000_000, 1, 9999);
        check(i64::MAX, i64::MIN, 10_000);
    }
}
