//! One request and its key.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use crate::id::{PrincipalId, StoreId};

/// A changing request as it was sent.
#[derive(Debug, Clone)]
pub struct Call {
    pub store: StoreId,
    pub principal: PrincipalId,
    /// Method and path pattern: the same key on another route is another request.
    pub route: &'static str,
    pub key: String,
    /// Hash of what was asked: the same key with another body is a mistake of the client.
    pub fingerprint: [u8; 32],
}

/// A key's place in the maps of this process. Seeded at start, so that nobody can make two requests collide on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallKey(pub(super) u64, pub(super) u64);

static SEEDS: LazyLock<(RandomState, RandomState)> = LazyLock::new(|| (RandomState::new(), RandomState::new()));

impl CallKey {
    pub fn of(store: StoreId, principal: PrincipalId, route: &str, key: &str) -> Self {
        let whole = (store, principal, route, key);
        Self(SEEDS.0.hash_one(whole), SEEDS.1.hash_one(whole))
    }
}

impl Call {
    pub fn key(&self) -> CallKey {
        CallKey::of(self.store, self.principal, self.route, &self.key)
    }
}
