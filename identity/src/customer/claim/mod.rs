//! Orders that somebody placed as a guest, found again by their e-mail address once it is known to be theirs.
//!
//! ```text
//!   orders ---outbox---> contacts: (store, digest of the address) -> order      some moments behind
//!                            |
//!   claim: how far is it? -> what came since, read itself -> what is in it -> the orders themselves decide
//! ```
//!
//! An index on the orders would cost each of them in the middle of a sale. So the contacts are noted afterwards, by whoever
//! hears of the order, and a claim looks through what was not heard of yet: it misses nothing that was committed before it,
//! however far behind the notes are. Without any notes it looks through all orders. Only orders of guests are claimed, each
//! by one account, for ever.

mod contacts;
mod room;
pub(crate) mod store;

pub use contacts::CONSUMER;
