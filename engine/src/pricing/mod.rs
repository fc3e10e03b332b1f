//! What a basket costs: prices in force, tax, shipping, totals, and a trace that explains every cent.
//!
//! Pure: `quote` is a function of its arguments. The same lines, rules and moment give the same total, for ever. It does
//! not know where prices are kept (`catalog` does) nor what is in stock.

mod error;
mod price;
mod quote;
mod shipping;
mod tax;
#[cfg(test)]
mod tests;
mod trace;

pub use error::Error;
pub use price::{Basis, Sale, UnitPrice};
pub use quote::{Item, LINES_MAX, Quote, QuoteId, QuotedLine, Rules, Totals, quote};
pub use shipping::{QuotedShipping, ShippingRules};
pub use tax::TaxRate;
pub use trace::{Step, Trace};
