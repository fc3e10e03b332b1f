//! What people of each store look for and find, in memory: for completions.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use search_index::PopularQueries;

use crate::id::StoreId;

/// Cheap to clone; all clones share one memory.
#[derive(Clone, Default)]
pub struct Popular(Arc<ArcSwap<HashMap<StoreId, Arc<PopularQueries>>>>);

impl Popular {
    /// Costs no I/O.
    pub fn of(&self, store: StoreId) -> Arc<PopularQueries> {
        self.0.load().get(&store).cloned().unwrap_or_default()
    }

    /// `rows`: the most popular first.
    pub(super) fn put(&self, rows: Vec<(StoreId, String, u64)>) {
        let mut stores: HashMap<StoreId, Vec<(String, u64)>> = HashMap::new();
        for (store, text, weight) in rows {
            stores.entry(store).or_default().push((text, weight));
        }
        let popular = |(store, queries)| (store, Arc::new(PopularQueries::new(queries)));
        self.0.store(Arc::new(stores.into_iter().map(popular).collect()));
    }
}
