//! Why it costs what it costs: the steps of the calculation in their order, as they are stored with the order.
//!
//! A trace holds every number that went into the total and none that can be read off the line beside it, so that
//! `Trace::totals` adds up to the quote's totals again.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

use serde::{Deserialize, Serialize};

use super::price::Basis;
use super::quote::{Quote, Totals};

/// The steps, in the order they were taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trace {
    pub steps: Vec<Step>,
}

/// Amounts in minor units; `line` counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The price in force, times the quantity.
    Price {
        line: u16,
        by: Basis,
        unit_mrp: i64,
        unit: i64,
        quantity: i64,
        net: i64,
    },
    /// Contained in the line or added to it.
    Tax {
        line: u16,
        rate_bp: u32,
        added: bool,
        tax: i64,
    },
    /// Flat, or nothing from `free_from` on.
    Shipping {
        flat: i64,
        free_from: Option<i64>,
        goods: i64,
        charged: i64,
    },
    ShippingTax {
        rate_bp: u32,
        added: bool,
        tax: i64,
    },
    /// What is to be paid.
    Grand {
        minor: i64,
    },
}

impl Trace {
    pub(super) fn of(quote: &Quote) -> Self {
        let mut steps = Vec::with_capacity(quote.lines.len().saturating_mul(2).saturating_add(3));
        let mut goods = 0_i64;
        for (line, quoted) in (1..).zip(&quote.lines) {
            goods = goods.saturating_add(quoted.net_minor);
            steps.push(Step::Price {
                line,
                by: quoted.basis,
                unit_mrp: quoted.unit_mrp_minor,
                unit: quoted.unit_price_minor,
                quantity: quoted.quantity.get(),
                net: quoted.net_minor,
            });
            if quoted.tax.rate_bp > 0 {
                let (rate_bp, added) = (quoted.tax.rate_bp, !quoted.tax.inclusive);
                steps.push(Step::Tax { line, rate_bp, added, tax: quoted.tax_minor });
            }
        }
        let shipping = &quote.shipping;
        steps.push(Step::Shipping {
            flat: shipping.flat_minor,
            free_from: shipping.free_from_minor,
            goods,
            charged: shipping.charged_minor,
        });
        if shipping.tax_minor > 0 {
            let (rate_bp, added) = (shipping.tax.rate_bp, !shipping.tax.inclusive);
            steps.push(Step::ShippingTax { rate_bp, added, tax: shipping.tax_minor });
        }
        steps.push(Step::Grand { minor: quote.totals.grand_minor });
        Self { steps }
    }

    /// Adds the steps up again, from the unit prices on. `None` where they contradict each other or cannot be counted.
    pub fn totals(&self) -> Option<Totals> {
        let mut totals = Totals::default();
        let (mut goods, mut added_tax, mut said) = (0_i64, 0_i64, None);
        for step in &self.steps {
            match *step {
                Step::Price { unit_mrp, unit, quantity, net, .. } => {
                    if unit.checked_mul(quantity)? != net {
                        return None;
                    }
                    totals.mrp_minor = totals.mrp_minor.checked_add(unit_mrp.checked_mul(quantity)?)?;
                    goods = goods.checked_add(net)?;
                }
                Step::Tax { added, tax, .. } | Step::ShippingTax { added, tax, .. } => {
                    totals.tax_minor = totals.tax_minor.checked_add(tax)?;
                    if added {
                        added_tax = added_tax.checked_add(tax)?;
                    }
                }
                Step::Shipping { charged, .. } => totals.shipping_minor = totals.shipping_minor.checked_add(charged)?,
                Step::Grand { minor } => said = Some(minor),
            }
        }
        totals.discount_minor = totals.mrp_minor.checked_sub(goods)?;
        totals.grand_minor = goods.checked_add(added_tax)?.checked_add(totals.shipping_minor)?;
        (said == Some(totals.grand_minor)).then_some(totals)
    }
}
