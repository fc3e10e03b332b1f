//! PURE. A key as it is known: all but its secret.

use std::fmt;
use std::str::FromStr;

use engine::clock::Timestamp;
use engine::id::{ApiKeyId, PrincipalId, StoreId};

use crate::access::Scope;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Of a storefront: it may be known to everybody.
    Publishable,
    /// Of a machine that keeps it to itself.
    Secret,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("one of publishable, secret")]
pub struct UnknownKind;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub store: StoreId,
    /// The first of those that took each other's place.
    pub family: ApiKeyId,
    pub name: String,
    pub kind: KeyKind,
    /// How its secret begins.
    pub prefix: String,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub rotated_from: Option<ApiKeyId>,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Why a key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("there is no such key")]
    Unknown,
    #[error("the key was revoked")]
    Revoked,
    #[error("the key has expired")]
    Expired,
}

impl KeyKind {
    pub const ALL: [Self; 2] = [Self::Publishable, Self::Secret];
    /// How long its prefix is.
    pub(super) const PREFIX: usize = 3;

    pub const fn name(self) -> &'static str {
        match self {
            Self::Publishable => "publishable",
            Self::Secret => "secret",
        }
    }

    /// How its secrets begin.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Publishable => "pk_",
            Self::Secret => "sk_",
        }
    }

    /// What keys of this kind may be allowed. What is a seller's own needs a seller, and a key is none.
    pub fn may_have(self, scope: Scope) -> bool {
        let is_storefronts = matches!(scope, Scope::StorefrontRead | Scope::CartsWrite);
        let is_sellers =
            matches!(scope, Scope::SellerProductsRead | Scope::SellerProductsWrite | Scope::SellerOrdersRead);
        match self {
            Self::Publishable => is_storefronts,
            Self::Secret => !is_sellers,
        }
    }
}

impl ApiKey {
    pub fn check(&self, now: Timestamp) -> Result<(), Unusable> {
        if self.revoked_at.is_some() {
            return Err(Unusable::Revoked);
        }
        match self.expires_at {
            Some(at) if at <= now => Err(Unusable::Expired),
            Some(_) | None => Ok(()),
        }
    }

    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Under whom its requests are remembered: a key that took another's place repeats that one's.
    pub fn principal(&self) -> PrincipalId {
        PrincipalId::from_uuid(self.family.uuid())
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(UnknownKind)
    }
}
