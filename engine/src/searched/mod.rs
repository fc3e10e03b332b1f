//! What people searched for: counted by store, day and text, and by nobody's name.
//!
//! ```text
//!  a search is answered, a result clicked --> counters in memory --every few seconds--> one row for each day and text
//!                                                                                              |
//!                           admins: what is searched for, what is not found <------------------+--> popular queries
//! ```
//!
//! No address, no principal, no moment is ever with a text; texts that may be about a person are counted without being told
//! apart; and what only one or two searched for is shown to nobody. Counting never waits, and its memory is bounded.

// --- what may be kept, and how it is counted (pure)
mod outcome;
mod tally;
mod text;

// --- how it is kept
mod store;

// --- the face
mod log;
mod popular;
mod report;

pub use log::Log;
pub use outcome::Outcome;
pub use popular::Popular;
pub use report::{Only, Order, Place, Report, Row, Sort};
pub use text::{Text, Untold};

/// From so many searches on, a text is shown to anybody. What one person types is often typed again by that same person; what
/// three searches have in common is hardly anybody's secret, and a shop with few visitors still sees what it lacks.
pub const SHOWN_FROM: i64 = 3;

/// How long a day is remembered.
pub const DAYS_KEPT: i64 = 90;
