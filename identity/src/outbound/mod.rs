//! Asks servers that people named: webhooks, pictures to fetch. Never one inside our own network.
//!
//! Nothing is sent through here yet: it is there for webhooks to come, so that there never is another HTTP client for
//! addresses that people gave. A URL is read once (`Target`); the address it leads to is checked where the connection is made
//! (`resolver`), so that a name which means something else a moment later wins nothing; no redirect is followed, no proxy of
//! the environment asked, no answer read past its limit.
//!
//! Providers of sign-ins are not asked through here but by `federation::outbound`: the configuration names them, and they
//! may stand inside.

mod client;
mod resolver;

pub use client::{Answer, Call, Client, Failure, Settings};
pub use resolver::{Lookup, SystemLookup};

use engine::internet::{NotPublic, public_url};
use url::Url;

/// A URL that may be asked, as far as it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// What somebody typed. `http_too`: for development.
    pub fn parse(text: &str, http_too: bool) -> Result<Self, NotPublic> {
        public_url(text, http_too).map(Self)
    }

    pub fn url(&self) -> &Url {
        &self.0
    }
}
