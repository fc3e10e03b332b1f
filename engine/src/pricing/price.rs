//! The price of one unit: the list price, or a scheduled sale price while it lasts.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::money::Currency;

use super::TaxRate;

/// All that decides what one unit costs. Amounts in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitPrice {
    pub currency: Currency,
    /// The maximum retail price: what the discount is counted from.
    pub mrp_minor: i64,
    /// The price outside a sale, at most the MRP.
    pub price_minor: i64,
    pub sale: Option<Sale>,
    pub tax: TaxRate,
}

/// A price valid in `[starts_at, ends_at)`; an open end is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    pub price_minor: i64,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
}

/// Which price it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    List,
    Sale,
}

impl UnitPrice {
    /// The price of one unit at `now`, and which one it is.
    pub fn in_force(&self, now: Timestamp) -> (i64, Basis) {
        match self.sale {
            Some(sale) if sale.is_on(now) => (sale.price_minor, Basis::Sale),
            Some(_) | None => (self.price_minor, Basis::List),
        }
    }

    /// The next moment after `now` at which `in_force` may answer differently.
    pub fn next_boundary(&self, now: Timestamp) -> Option<Timestamp> {
        let sale = self.sale?;
        [sale.starts_at, sale.ends_at].into_iter().flatten().filter(|&boundary| boundary > now).min()
    }
}

impl Sale {
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.starts_at.is_none_or(|start| start <= now) && self.ends_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone, Utc};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists") + TimeDelta::seconds(second)
    }

    fn shirt(starts: Option<i64>, ends: Option<i64>) -> UnitPrice {
        let tax = TaxRate { rate_bp: 0, inclusive: true };
        let sale = Sale { price_minor: 70, starts_at: starts.map(at), ends_at: ends.map(at) };
        UnitPrice { currency: Currency::INR, mrp_minor: 100, price_minor: 90, sale: Some(sale), tax }
    }

    #[test]
    fn a_sale_starts_on_its_second_and_is_over_on_its_last() {
        let shirt = shirt(Some(10), Some(20));
        for (second, price, basis, boundary) in [
            (9, 90, Basis::List, Some(10)),
            (10, 70, Basis::Sale, Some(20)),
            (19, 70, Basis::Sale, Some(20)),
            (20, 90, Basis::List, None),
        ] {
            assert_eq!(shirt.in_force(at(second)), (price, basis), "second {second}");
            assert_eq!(shirt.next_boundary(at(second)), boundary.map(at), "second {second}");
        }
    }

    #[test]
    fn a_sale_may_be_open_on_either_side() {
        assert_eq!(shirt(None, Some(20)).in_force(at(-1_000_000)), (70, Basis::Sale));
        assert_eq!(shirt(Some(10), None).in_force(at(1_000_000)), (70, Basis::Sale));
        assert_eq!(shirt(Some(10), None).next_boundary(at(10)), None);
    }
}
