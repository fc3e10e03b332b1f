//! What is shown instead of a password: access tokens, which say themselves whose they are, and refresh tokens, which are
//! asked about. Pure: nothing here waits for anybody.

mod access;
mod keyring;
mod refresh;

pub use access::{Access, AccessTokens, InvalidToken};
pub(crate) use keyring::Key;
pub use keyring::Keyring;
pub(crate) use refresh::{RefreshTokens, Shown, hash};
