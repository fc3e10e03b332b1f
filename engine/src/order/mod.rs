//! Orders: their states and the one table of moves between them, their numbers, and how they are read.
//!
//! An order is written by the journal alone, together with the stock it promises; this domain decides (`Order::decide`)
//! and reads (`store`). It does not know how stock is held: a move says what becomes of the holds, as data.

mod contact;
mod detail;
mod error;
mod number;
#[expect(clippy::module_inception, reason = "the order itself: the pure file of this domain")]
mod order;
mod rows;
mod state;
pub mod store;
mod stored;
#[cfg(test)]
mod tests;
mod view;

pub use contact::{Address, Contact, Flaw};
pub use detail::{OrderDetail, Progress};
pub use error::Error;
pub use number::{OrderNo, OrderNumbers, ParseOrderNoError};
pub use order::{Change, Command, Order, Outcome};
pub use rows::{EachKey, OrderRows};
pub use state::{Holds, PaymentMethod, PaymentStatus, State, Status, UnknownWord};
pub use view::{DueOrder, OrderEvent, OrderHold, OrderLine, OrderSnapshot};
