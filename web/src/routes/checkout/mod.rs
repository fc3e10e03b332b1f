//! What a basket costs, and buying it.

mod basket;
mod place;
mod quote;
mod quote_id;

pub(super) use place::IDEMPOTENT_REPLAYED;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, place, quote);
}
