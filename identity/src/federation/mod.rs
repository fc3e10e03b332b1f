//! Signing in with somebody else's account: OpenID Connect with any provider of the configuration, and Facebook, which has an
//! OAuth 2 of its own.
//!
//! ```text
//!  begin   state, nonce, PKCE verifier --sealed--> the browser's cookie          -> 303 to the provider
//!  finish  cookie opened, state compared -> code exchanged -> ID token checked   -> whose account is it (`link.rs`, pure)
//! ```
//!
//! Nothing is kept here between the two: what was asked for is in the browser, sealed, for ten minutes. An account is found by
//! issuer and subject. An address alone opens one only if it was proved on both sides.

mod attempt;
mod claim;
mod error;
mod facebook;
mod handle;
mod link;
mod openid;
mod outbound;
mod provider;
mod return_to;
mod settings;
mod store;

pub use attempt::{Callback, Traveller};
pub use error::Error;
pub use handle::{Departure, Federation, Landing};
pub use provider::InvalidProvider;
pub use return_to::{NotAPathOfOurs, ReturnTo};
pub use settings::{ProviderKind, ProviderSettings};
pub use store::Linked;
