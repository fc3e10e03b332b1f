//! What somebody shows besides their password: the code of an authenticator app (TOTP, RFC 6238), or one of ten codes on
//! paper for the day on which the phone is gone.
//!
//! ```text
//!  enrol -> secret, guards nothing yet -> confirm (a code of it) -> ten recovery codes; from now on asked for at each sign-in
//!  sign-in: password right -> challenge -> count the try -> compare -> accept (each code once)
//! ```
//!
//! Nothing is compared before the try is counted, twice: at most five for a challenge, and at most ten wrong ones in a quarter
//! of an hour for an account, over all processes. Only who knows the password gets a challenge, so a stranger cannot use up
//! the tries of anybody.

mod authenticator;
mod challenge;
mod error;
mod handle;
mod recovery;
mod rule;
mod store;

pub use challenge::{LIFETIME, Question, TRIES};
pub use error::{Error, NoCode};
pub use handle::{Enrolment, SecondFactors, Status};
pub use recovery::{RECOVERY_CODES, RecoveryCode};
pub use rule::Shown;
pub(crate) use store::remove_in_op;
