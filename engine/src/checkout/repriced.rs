//! PURE. What a basket costs now, told to a buyer who was shown another total; and what they were shown, where that can be
//! known.
//!
//! A buyer sends a total along, not the prices that it was made of. Where the very same basket came to that total just
//! before a scheduled price began or ended, those were the prices, and only what differs is told. Otherwise every line is
//! told as it is now, for the buyer's client to compare with what it showed.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::catalog::Offer;
use crate::clock::Timestamp;
use crate::money::Money;
use crate::pricing::{Quote, Rules, quote};

use super::plan;
use super::request::Want;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repriced {
    pub expected: Money,
    /// As it is now.
    pub quote: Quote,
    /// In the order of the basket.
    pub lines: Vec<RepricedLine>,
}

/// Amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepricedLine {
    pub sku: String,
    pub quantity: i64,
    /// What a unit cost when the buyer was shown the total, where that is known.
    pub expected_unit_price_minor: Option<i64>,
    pub unit_price_minor: i64,
    pub net_minor: i64,
}

/// So many moments at which prices changed are looked back to.
const MOMENTS_MAX: usize = 8;

/// Tells how `current` differs from a total of `expected`.
pub(super) fn repriced(
    wants: &[Want],
    offers: &[Arc<Offer>],
    rules: &Rules,
    current: &Quote,
    expected: Money,
    now: Timestamp,
) -> Repriced {
    let items = plan::items(wants, offers);
    let shown = boundaries_before(offers, now).into_iter().find_map(|boundary| {
        let before = boundary.checked_sub_signed(TimeDelta::milliseconds(1))?;
        let shown = quote(&items, rules, before).ok()?;
        (Money::new(shown.totals.grand_minor, shown.currency) == expected).then_some(shown)
    });
    let lines = wants.iter().zip(&current.lines).enumerate().map(|(number, (want, line))| RepricedLine {
        sku: want.sku.to_string(),
        quantity: line.quantity.get(),
        expected_unit_price_minor: shown.as_ref().map(|shown| shown.lines[number].unit_price_minor),
        unit_price_minor: line.unit_price_minor,
        net_minor: line.net_minor,
    });
    let differs = |line: &RepricedLine| line.expected_unit_price_minor != Some(line.unit_price_minor);
    Repriced { expected, quote: current.clone(), lines: lines.filter(differs).collect() }
}

/// When prices of the basket last changed by themselves, the latest first.
fn boundaries_before(offers: &[Arc<Offer>], now: Timestamp) -> Vec<Timestamp> {
    let of_sale = |offer: &Arc<Offer>| offer.price.sale.map_or([None, None], |sale| [sale.starts_at, sale.ends_at]);
    let mut moments: Vec<Timestamp> = offers.iter().flat_map(of_sale).flatten().filter(|at| *at <= now).collect();
    moments.sort_by(|a, b| b.cmp(a));
    moments.dedup();
    moments.truncate(MOMENTS_MAX);
    moments
}
