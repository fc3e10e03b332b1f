//! What a basket costs, and buying it.

mod basket;
mod place;
mod quote;
mod quote_id;

pub(super) use place::IDEMPOTENT_REPLAYED;

use super::router::{Routes, add};
use crate::error::Code;

/// For what an order is refused that was asked for rightly.
const PLACING: &[Code] = &[
    Code::NotOnSaleYet,
    Code::PriceChanged,
    Code::QuoteExpired,
    Code::OutOfStock,
    Code::PurchaseLimitReached,
    Code::CompletionInProgress,
    Code::CartConverted,
];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, place: PLACING, quote);
}
