//! Sessions: one sign-in on one device, and how it goes on and ends.

mod begun;
mod board;
mod device;
mod error;
mod event;
mod family;
mod handle;
mod news;
mod second_factor;
pub(crate) mod store;

pub use begun::{Begun, EndReason, Session};
pub(crate) use board::Board;
pub use device::Device;
pub use error::Error;
pub(crate) use event::Changed;
pub use family::{Family, GRACE, Verdict, decide};
pub use handle::{Lifetimes, Sessions};
pub(crate) use second_factor::{forget_second_factor_in_op, shown_second_factor_in_op};
