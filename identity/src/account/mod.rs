//! Accounts: who has said who they are, and with which password they say it again.

mod confirming;
mod error;
mod facts;
mod handle;
mod letter;
mod recovery;
mod status;
pub(crate) mod store;

pub use confirming::Follower;
pub use error::{Error, LoginError};
pub use facts::{Account, Draft};
pub use handle::{Accounts, Registration};
pub(crate) use letter::Letters;
pub use letter::Validity;
pub use status::{Status, UnknownStatus};
