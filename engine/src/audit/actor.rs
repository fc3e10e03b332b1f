//! Who stands behind a change.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use uuid::Uuid;

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

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not the id of an account or of a key, nor operator, nor shop")]
pub struct UnknownWho;

impl Who {
    /// What kind of somebody, as the trail keeps it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Key(_) => "key",
            Self::Operator => "operator",
            Self::Shop => "shop",
        }
    }

    pub const fn id(self) -> Option<Uuid> {
        match self {
            Self::Account(id) => Some(id.uuid()),
            Self::Key(id) => Some(id.uuid()),
            Self::Operator | Self::Shop => None,
        }
    }

    pub(super) fn of(kind: &str, id: Option<Uuid>) -> Result<Self, UnknownWho> {
        match (kind, id) {
            ("account", Some(id)) => Ok(Self::Account(AccountId::from_uuid(id))),
            ("key", Some(id)) => Ok(Self::Key(ApiKeyId::from_uuid(id))),
            ("operator", None) => Ok(Self::Operator),
            ("shop", None) => Ok(Self::Shop),
            _ => Err(UnknownWho),
        }
    }
}

/// As it is shown.
impl FromStr for Who {
    type Err = UnknownWho;

    fn from_str(text: &str) -> Result<Self, UnknownWho> {
        match text {
            "operator" => Ok(Self::Operator),
            "shop" => Ok(Self::Shop),
            _ => {
                let account = text.parse().map(Self::Account);
                account.or_else(|_| text.parse().map(Self::Key)).map_err(|_| UnknownWho)
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_read_as_they_are_shown_and_as_they_are_kept() {
        let id = Uuid::from_u128(7);
        for who in [Who::Account(AccountId::from_uuid(id)), Who::Key(ApiKeyId::from_uuid(id)), Who::Operator, Who::Shop]
        {
            assert_eq!(who.to_string().parse(), Ok(who));
            assert_eq!(Who::of(who.kind(), who.id()), Ok(who));
        }
        for wrong in ["", "admin", "acct_", "prod_00000000000000000000000000000007"] {
            assert_eq!(wrong.parse::<Who>(), Err(UnknownWho), "{wrong}");
        }
        assert_eq!(Who::of("account", None), Err(UnknownWho));
        assert_eq!(Who::of("shop", Some(id)), Err(UnknownWho));
    }
}
