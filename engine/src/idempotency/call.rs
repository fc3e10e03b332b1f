//! One request and its key.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::id::{PrincipalId, StoreId};
use crate::postgres::schema::idempotency_keys;

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

/// An answer that was given before.
#[derive(Debug, Clone)]
pub struct Known {
    pub fingerprint: Vec<u8>,
    pub status: i32,
    pub body: serde_json::Value,
}

/// What the database knows of a call other than checkout.
pub async fn known(connection: &mut AsyncPgConnection, call: &Call) -> QueryResult<Option<Known>> {
    let row: Option<(Vec<u8>, i32, serde_json::Value)> = idempotency_keys::table
        .find((call.store, call.principal, call.route, &call.key))
        .select((idempotency_keys::fingerprint, idempotency_keys::status, idempotency_keys::body))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(|(fingerprint, status, body)| Known { fingerprint, status, body }))
}
