//! Who stands behind a change.

use std::fmt;
use std::net::IpAddr;

use crate::id::{AccountId, ApiKeyId};

/// Who does it, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub who: Who,
    /// `None`: on the machine itself.
    pub address: Option<IpAddr>,
    /// The trace of the request.
    pub trace_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    Account(AccountId),
    Key(ApiKeyId),
    /// Somebody at the command line of the server.
    Operator,
    /// The shop by itself: what runs out, what a timer does.
    Shop,
}

impl Actor {
    pub const OPERATOR: Self = Self { who: Who::Operator, address: None, trace_id: None };
    pub const SHOP: Self = Self { who: Who::Shop, address: None, trace_id: None };
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => id.fmt(f),
            Self::Key(id) => id.fmt(f),
            Self::Operator => f.write_str("operator"),
            Self::Shop => f.write_str("shop"),
        }
    }
}
