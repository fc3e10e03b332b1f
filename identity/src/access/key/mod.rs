//! API keys: what machines show instead of a password.
//!
//! ```text
//!  request --secret--> digest --> board (every key, in memory) --> scopes      no I/O
//!                                    ^
//!            read anew after each change here, and when the outbox tells of one elsewhere
//! ```
//!
//! Invariant: a key that this process revoked opens nothing once the call has returned; one that another process revoked,
//! as soon as its event is heard.

mod api_key;
mod board;
mod draft;
mod error;
mod handle;
mod secret;
mod store;
mod told;

pub use api_key::{ApiKey, KeyKind, Unusable};
pub use board::Shown;
pub use draft::{KeyDraft, Overlap};
pub use error::KeyError;
pub use handle::{Issued, Keys};
