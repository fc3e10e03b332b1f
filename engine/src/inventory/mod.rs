//! What is on the shelf and who it is promised to.
//!
//! Owns stock levels, holds and the purchase limits of one variant. The rule is escrow (see `ledger`): memory is the durable
//! level plus unfinished takes, so that any subset of what is under way may fail without making a kept promise wrong.
//! Only this domain changes stock, and only through the journal.

mod account;
mod actor;
mod board;
mod change;
mod command;
mod error;
mod handle;
mod ledger;
mod rows;
mod stockroom;
pub mod store;
mod taken;

pub use account::{AccountId, BrokenLevel, Delta, Level};
pub use board::{Board, Snapshot};
pub use change::{Change, Hold, HoldChange, HoldKey, HoldState, Kind, LimitChange, UsageKey};
pub use command::{Command, HoldRef, HoldRequest, Limit, Refused, ReturnRequest};
pub use error::Error;
pub use handle::{Granted, Handle};
pub use ledger::{Decided, Durable, Outcome, StockLedger, TakeId};
pub use rows::StockRows;
pub use stockroom::{Changed, StockChange, Stockroom};
pub use taken::Taken;
