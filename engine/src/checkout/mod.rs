//! Placing an order: the one process that crosses domains. Quote, hold, write; and the undo of each.
//!
//! `plan` decides (pure), `attempt` carries it out, `place` guards its key. The keys come first, before price, limit, stock or any shortcut.

mod attempt;
mod board;
mod error;
mod keys;
mod place;
mod placed;
mod plan;
mod repriced;
mod request;

pub use error::{Error, Short};
pub(crate) use keys::KnownKeys;
pub use place::{Checkout, Settings};
pub(crate) use place::{Ended, Parts};
pub use placed::{Placed, PlacedLine};
pub use repriced::{Repriced, RepricedLine};
pub use request::{Answer, Basket, PlaceOrder, Priced, QuoteRequest, Want};
