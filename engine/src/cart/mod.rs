//! Carts: what somebody means to buy. One per principal, kept until they come back.
//!
//! A cart promises nothing: stock is held when it is checked out. An edit is answered when it is durable (`lane`). While a
//! checkout is under way the cart is frozen; the order that comes of it consumes the cart's generation and empties it,
//! in the journal's own transaction. When a guest turns out to have an account, their cart goes into the account's (`merging`).
//! Owns the table `carts`, with that one exception.

mod actor;
#[expect(clippy::module_inception, reason = "the cart itself: the pure file of this domain")]
mod cart;
mod error;
mod frozen;
mod handle;
mod lane;
mod loader;
mod mark;
mod merge;
mod merging;
mod message;
mod prune;
mod rows;
mod store;
#[cfg(test)]
mod tests;
mod view;

pub use cart::{Cart, Contents, Edit, Line, Outcome, Owner, Purpose};
pub use error::{Error, Refused};
pub use frozen::Frozen;
pub use handle::{Handle, Status};
pub use mark::{Mark, mark};
pub use merge::{Cut, CutReason};
pub use merging::{Merged, Stock};
pub use rows::{CartLink, CartRows, Fault, Successor};
pub use view::{CartView, ViewedLine};
