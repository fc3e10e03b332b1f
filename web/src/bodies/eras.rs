//! How often everything of a store was forgotten. The number is part of the names under which things of the store are kept:
//! to forget them all is to count on. What was kept under the number before is never found again, and goes when it is too
//! old or its room is needed; what another store has stays.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use engine::id::StoreId;

#[derive(Default)]
pub(super) struct Eras(RwLock<HashMap<StoreId, u64>>);

impl Eras {
    pub(super) fn of(&self, store: StoreId) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&store).copied().unwrap_or_default()
    }

    pub(super) fn begin_another(&self, store: StoreId) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner).entry(store).or_default() += 1;
    }
}
