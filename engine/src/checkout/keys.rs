//! The keys of orders that were placed before: those of the retention are in a filter, filled when the cell is taken.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use uuid::Uuid;

use crate::clock::{Clock, Timestamp};
use crate::id::{OrderId, PrincipalId};
use crate::idempotency::{CallKey, Filter};
use crate::order::OrderRows;
use crate::postgres::DatabaseError;
use crate::runtime::Runtime;

use super::place::ROUTE;

/// The keys of so long are in the filter. Older ones are asked of the database, which only the buyers of then can need.
const RETENTION: TimeDelta = TimeDelta::hours(24);
/// Between two attempts to read the keys anew.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct KnownKeys {
    filter: Filter,
    /// Keys of principals minted before it (milliseconds since 1970) may be missing in the filter.
    complete_since_ms: AtomicI64,
    /// How often the filter was found to miss keys.
    doubts: Mutex<u64>,
}

impl KnownKeys {
    pub(crate) fn new() -> Self {
        Self { filter: Filter::new(0), complete_since_ms: AtomicI64::new(i64::MAX), doubts: Mutex::new(0) }
    }

    pub(super) fn insert(&self, key: CallKey) {
        self.filter.insert(key);
    }

    pub(super) fn maybe_seen(&self, key: CallKey) -> bool {
        self.filter.maybe_seen(key)
    }

    /// Whether only the database can tell if `key` of `principal` is an order. A principal that was minted after the
    /// filter's time can have no older keys: its id says when. The filter is asked last: what it learnt while it was
    /// incomplete is in it when it says that it is complete.
    pub(super) fn may_be_an_order(&self, key: CallKey, principal: PrincipalId) -> bool {
        minted_ms(principal.uuid()) < self.complete_since_ms.load(Ordering::Acquire) || self.maybe_seen(key)
    }

    /// Another server took orders meanwhile: until their keys are read, anybody's may be missing.
    pub(crate) fn doubt(&self) {
        let mut doubts = self.doubts.lock().unwrap_or_else(PoisonError::into_inner);
        *doubts += 1;
        self.complete_since_ms.store(i64::MAX, Ordering::Release);
    }

    /// Reads the keys that are missing. Those that are there stay: what was placed meanwhile is not lost.
    pub(crate) async fn load(self: &Arc<Self>, orders: &dyn OrderRows, now: Timestamp) -> Result<(), DatabaseError> {
        let doubts = *self.doubts.lock().unwrap_or_else(PoisonError::into_inner);
        let since_ms = now.checked_sub_signed(RETENTION).unwrap_or(now).timestamp_millis();
        // Ids begin with the time they were minted at.
        let first = OrderId::from_uuid(Uuid::from_u128(u128::from(since_ms.max(0).cast_unsigned()) << 80));
        let known = Arc::clone(self);
        let each = move |store, principal, key: &str| {
            let key = CallKey::of(store, principal, ROUTE, key);
            if !known.filter.maybe_seen(key) {
                known.filter.insert(key);
            }
        };
        orders.keys_since(first, Arc::new(each)).await?;
        // Doubted again while it was read: what was read is not all.
        let now_doubted = self.doubts.lock().unwrap_or_else(PoisonError::into_inner);
        if *now_doubted == doubts {
            self.complete_since_ms.store(since_ms, Ordering::Release);
        }
        Ok(())
    }

    /// Loads, however often it takes.
    pub(crate) async fn load_in_time(self: &Arc<Self>, orders: &dyn OrderRows, clock: &dyn Clock, runtime: &Runtime) {
        while let Err(error) = self.load(orders, clock.now()).await {
            tracing::warn!(error = %error, "the keys of orders could not be read; once more");
            runtime.sleep(PAUSE).await;
        }
    }
}

/// The milliseconds since 1970 in a UUIDv7; 0 for any other.
fn minted_ms(id: Uuid) -> i64 {
    if id.get_version_num() != 7 {
        return 0;
    }
    i64::try_from(id.as_u128() >> 80).unwrap_or(0)
}
