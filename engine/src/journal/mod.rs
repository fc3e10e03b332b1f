//! Group commit: the one writer of a cell.
//!
//! Bundles (what one command wants written, whole or not at all) are collected while the last batch commits, and committed
//! together: no timer under light load, big batches under heavy load. A batch is one SQL statement, fenced by the cell's
//! epoch and numbered without gaps. Only when it is durable are the actors told to settle, and only then are the answers
//! let go.

mod batch;
mod blame;
mod bundle;
mod classify;
mod handle;
mod link;
mod outage;
mod owner_name;
mod predecessor;
mod proof;
mod queue;
mod resolver;
mod store;
mod take;
#[cfg(test)]
mod tests;
mod watch;
mod writer;

pub use batch::{Batch, Levels, Rows, SealError};
pub use bundle::{
    Bundle, CartConversion, LineRow, NotWritten, OrderEvent, OrderMove, OrderRow, Receipt, StoredAnswer, Writes,
};
pub use classify::{Failure, Fault, classify};
pub use handle::{Handle, Status};
pub use link::{Backend, CellRow, Done, Link, Primary, Signature};
pub use outage::{LONG, Outage};
pub use proof::{Proof, Term};
pub use queue::Bounds;
pub use take::TakeError;
pub use writer::Consequences;

pub(crate) use handle::Journal;
pub(crate) use store::primary;
