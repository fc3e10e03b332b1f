//! The quote: lines, shipping and totals at one moment, and until when they hold.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

use std::fmt;

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::id::VariantId;
use crate::money::{Currency, Money, MoneyError};
use crate::quantity::Quantity;

use super::error::Error;
use super::price::{Basis, UnitPrice};
use super::shipping::{QuotedShipping, ShippingRules};
use super::tax::TaxRate;
use super::trace::Trace;

/// How many lines one order may have.
pub const LINES_MAX: usize = 200;

/// So many of this, at these prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    pub variant_id: VariantId,
    pub quantity: Quantity,
    pub price: UnitPrice,
}

/// What the shop says about every order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub currency: Currency,
    pub shipping: ShippingRules,
    /// A quote is honoured so long at most, even when no price changes.
    pub valid_for: TimeDelta,
}

/// A price for everything together. A value: it does not change when prices do, it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub currency: Currency,
    /// In the order of the question.
    pub lines: Vec<QuotedLine>,
    pub shipping: QuotedShipping,
    pub totals: Totals,
    /// The same question may have another answer from here on.
    pub valid_until: Timestamp,
}

/// Amounts in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotedLine {
    pub variant_id: VariantId,
    pub quantity: Quantity,
    pub unit_mrp_minor: i64,
    pub unit_price_minor: i64,
    pub basis: Basis,
    pub mrp_minor: i64,
    pub net_minor: i64,
    pub discount_minor: i64,
    pub tax_minor: i64,
    pub tax: TaxRate,
}

/// Minor units. `tax` is all tax, contained in the prices or added to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub mrp_minor: i64,
    pub discount_minor: i64,
    pub tax_minor: i64,
    pub shipping_minor: i64,
    pub grand_minor: i64,
}

/// What was asked at which prices: the same lines at the same prices have the same id, whenever they are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct QuoteId([u8; 10]);

/// What `items` cost at `now`.
pub fn quote(items: &[Item], rules: &Rules, now: Timestamp) -> Result<Quote, Error> {
    if items.is_empty() {
        return Err(Error::NoLines);
    }
    if items.len() > LINES_MAX {
        return Err(Error::TooManyLines { lines: items.len() });
    }
    let mut lines = Vec::with_capacity(items.len());
    let mut valid_until = now.checked_add_signed(rules.valid_for).unwrap_or(Timestamp::MAX_UTC);
    let mut totals = Totals::default();
    let (mut goods, mut added_tax) = (0_i64, 0_i64);
    for (number, item) in (1..).zip(items) {
        let line = quote_line(number, item, rules.currency, now)?;
        // Each amount is at most 10^15 and there are at most 201 of them: the sums are far inside an i64.
        totals.mrp_minor = totals.mrp_minor.saturating_add(line.mrp_minor);
        totals.tax_minor = totals.tax_minor.saturating_add(line.tax_minor);
        goods = goods.saturating_add(line.net_minor);
        added_tax = added_tax.saturating_add(line.tax.added(line.tax_minor));
        if let Some(boundary) = item.price.next_boundary(now) {
            valid_until = valid_until.min(boundary);
        }
        lines.push(line);
    }
    let shipping = rules.shipping.charge(goods).map_err(overflow)?;
    totals.shipping_minor = countable(shipping.charged_minor)?;
    totals.tax_minor = countable(totals.tax_minor.saturating_add(shipping.tax_minor))?;
    added_tax = added_tax.saturating_add(shipping.tax.added(shipping.tax_minor));
    totals.mrp_minor = countable(totals.mrp_minor)?;
    totals.discount_minor = totals.mrp_minor.saturating_sub(goods);
    totals.grand_minor = countable(goods.saturating_add(added_tax).saturating_add(shipping.charged_minor))?;
    Ok(Quote { currency: rules.currency, lines, shipping, totals, valid_until })
}

fn quote_line(number: usize, item: &Item, currency: Currency, now: Timestamp) -> Result<QuotedLine, Error> {
    let price = &item.price;
    if price.currency != currency {
        return Err(Error::CurrencyMismatch { line: number, expected: currency, got: price.currency });
    }
    if item.quantity == Quantity::ZERO {
        return Err(Error::NothingWanted { line: number });
    }
    let (unit_price_minor, basis) = price.in_force(now);
    if unit_price_minor < 0 || unit_price_minor > price.mrp_minor {
        return Err(Error::ImpossiblePrice { line: number });
    }
    let mrp_minor = times(price.mrp_minor, item.quantity)?;
    let net_minor = times(unit_price_minor, item.quantity)?;
    let tax_minor = countable(price.tax.of(net_minor).map_err(overflow)?)?;
    Ok(QuotedLine {
        variant_id: item.variant_id,
        quantity: item.quantity,
        unit_mrp_minor: price.mrp_minor,
        unit_price_minor,
        basis,
        mrp_minor,
        net_minor,
        discount_minor: mrp_minor.saturating_sub(net_minor),
        tax_minor,
        tax: price.tax,
    })
}

fn times(unit_minor: i64, quantity: Quantity) -> Result<i64, Error> {
    countable(unit_minor.checked_mul(quantity.get()).ok_or(Error::Overflow)?)
}

fn countable(minor: i64) -> Result<i64, Error> {
    if (0..=Money::MAX_TOTAL).contains(&minor) { Ok(minor) } else { Err(Error::Overflow) }
}

fn overflow(_: MoneyError) -> Error {
    Error::Overflow
}

impl Quote {
    /// Why it costs what it costs. Made when asked for: a quote that is only compared needs none.
    pub fn trace(&self) -> Trace {
        Trace::of(self)
    }

    pub fn id(&self) -> QuoteId {
        let mut digest = Sha256::new();
        digest.update(self.currency.code());
        for line in &self.lines {
            digest.update(line.variant_id.uuid());
            for number in [line.quantity.get(), line.unit_mrp_minor, line.unit_price_minor] {
                digest.update(number.to_le_bytes());
            }
            digest_tax(&mut digest, line.tax);
        }
        digest.update(self.shipping.charged_minor.to_le_bytes());
        digest_tax(&mut digest, self.shipping.tax);
        let digest = digest.finalize();
        let mut id = [0; 10];
        id.copy_from_slice(&digest[..10]);
        QuoteId(id)
    }
}

fn digest_tax(digest: &mut Sha256, tax: TaxRate) {
    digest.update(tax.rate_bp.to_le_bytes());
    digest.update([u8::from(tax.inclusive)]);
}

impl fmt::Display for QuoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("quote_")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for QuoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
