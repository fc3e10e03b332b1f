//! The order desk: moves placed orders along, together with the stock they hold.
//!
//! Confirm, cancel, expire, pack, ship, deliver, return, extend: one path for all. One unfinished transition per order: a
//! command on an order whose bundle is under way waits for it (`turn`). The order's row arbitrates.

mod audited;
mod error;
mod expiry;
mod grace;
mod moves;
mod trail;
mod turn;

pub use audited::By;
pub use error::Error;
pub use expiry::Expiry;
pub use moves::{Asked, Desk, Moved, Order};
pub use trail::StockMove;
pub(crate) use turn::Turns;
