//! Kills the server and its database in the middle of everything, and looks whether a promise was broken.
//!
//! ```text
//!  clients --HTTP--> server a --proxy a--> PostgreSQL          the supervisor kills, stops, cuts, delays, starts again
//!     |       \----> server b --proxy b--/      |
//!   notes (intent before, answer after)       rows  ------>    the checker compares the two, and shares no code with the shop
//! ```
//!
//! Knows the shop by HTTP, signals and the rows of its database alone.

pub mod checker;
mod client;
mod ground;
pub mod notes;
mod report;
mod run;
mod supervisor;

pub use report::Report;
pub use run::{Options, run};
pub use supervisor::{Blow, Stroke};
