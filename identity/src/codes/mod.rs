//! One-time codes: whoever reads a message at an address has shown that it is theirs.
//!
//! ```text
//!  send    recipient's turn (lock) -> may another one go out? -> challenge + message      one transaction
//!  verify  count the try (one conditional UPDATE, committed) -> compare -> use (once)      never the other way round
//! ```
//!
//! A code has six digits, so the number of tries is what keeps it safe, and that number lives in the database alone: however
//! many processes and connections guess at once, five guesses are compared. `rule.rs` says what the statement does; the two
//! are tested against each other.

mod code;
mod error;
mod handle;
mod rule;
mod store;
mod throttle;

pub use code::{Code, NotACode};
pub use error::Error;
pub use handle::{Codes, Proof, Sent};
pub use rule::{Closed, LIFETIME, TRIES};
pub use throttle::{AGAIN_AFTER, Asker, PER_HOUR};
