//! The offers in memory: what every quote and checkout reads instead of the database.
//!
//! A hit costs a hash look-up and a shared pointer: no I/O, no waiting. Misses are collected: one query loads whatever
//! was missed while the last one ran, however many shoppers miss the same SKU in the same moment.
//!
//! Invariant: who asks after `invalidate` returned never gets what was loaded before it. Owns no rows: `catalog` writes
//! them, and calls `invalidate` after the commit; other processes' changes arrive through the outbox.

mod cache;
mod loader;
mod rows;

use std::sync::Arc;

use crate::id::{StoreId, VariantId};
use crate::postgres::DatabaseError;
use crate::runtime::Runtime;

use super::name::Sku;
use super::offer::Offer;
use cache::Cache;
use loader::{Loader, Wanted};

pub use rows::OfferRows;

/// The way to the offers. Cheap to clone; all clones share one cache.
#[derive(Clone)]
pub struct Offers {
    cache: Arc<Cache>,
    loader: Arc<Loader>,
}

/// What memory knows of a SKU.
#[derive(Debug, Clone, PartialEq)]
pub enum Cached {
    Offer(Arc<Offer>),
    /// The store has no such SKU.
    Absent,
    /// Not in memory: ask `get`.
    Missing,
}

impl Offers {
    /// So many offers fill about 150 MB.
    pub const CAPACITY: usize = 200_000;

    /// An empty cache of at most about `capacity` offers.
    pub fn new(rows: Arc<dyn OfferRows>, runtime: Runtime, capacity: usize) -> Self {
        let cache = Arc::new(Cache::new(capacity));
        Self { loader: Arc::new(Loader::new(rows, runtime, cache.clone())), cache }
    }

    /// The offers of `skus`, in their order; `None` where the store has no such SKU.
    pub async fn get(&self, store: StoreId, skus: &[Sku]) -> Result<Vec<Option<Arc<Offer>>>, DatabaseError> {
        let mut found = Vec::with_capacity(skus.len());
        let mut missing = Vec::new();
        for (n, sku) in skus.iter().enumerate() {
            found.push(match self.cache.get(store, sku) {
                Cached::Offer(offer) => Some(offer),
                Cached::Absent => None,
                Cached::Missing => {
                    missing.push((n, Wanted::Sku(store, sku.clone())));
                    None
                }
            });
        }
        self.fill(&mut found, missing).await?;
        Ok(found)
    }

    pub async fn get_one(&self, store: StoreId, sku: &Sku) -> Result<Option<Arc<Offer>>, DatabaseError> {
        match self.cache.get(store, sku) {
            Cached::Offer(offer) => Ok(Some(offer)),
            Cached::Absent => Ok(None),
            Cached::Missing => Ok(self.get(store, std::slice::from_ref(sku)).await?.pop().flatten()),
        }
    }

    /// The offers of `variants`, in their order; `None` where there is no such variant.
    pub async fn get_by_variant(&self, variants: &[VariantId]) -> Result<Vec<Option<Arc<Offer>>>, DatabaseError> {
        let mut found = Vec::with_capacity(variants.len());
        let mut missing = Vec::new();
        for (n, &variant) in variants.iter().enumerate() {
            let offer = self.cache.get_by_variant(variant);
            if offer.is_none() {
                missing.push((n, Wanted::Variant(variant)));
            }
            found.push(offer);
        }
        self.fill(&mut found, missing).await?;
        Ok(found)
    }

    /// What memory knows, without asking anyone.
    pub fn get_cached(&self, store: StoreId, sku: &Sku) -> Cached {
        self.cache.get(store, sku)
    }

    pub fn get_cached_by_variant(&self, variant: VariantId) -> Option<Arc<Offer>> {
        self.cache.get_by_variant(variant)
    }

    /// Forgets `skus`, and whatever is being loaded of them. To be called after the change is committed.
    pub fn invalidate<'a>(&self, store: StoreId, skus: impl IntoIterator<Item = &'a Sku>) {
        for sku in skus {
            self.cache.invalidate(store, sku);
        }
    }

    /// Forgets what a store sells: for a change that touches every offer of it, or when it is not known what changed.
    pub fn invalidate_store(&self, store: StoreId) {
        self.cache.invalidate_store(store);
    }

    /// Forgets everything: for whoever may have missed a change.
    pub fn invalidate_all(&self) {
        self.cache.invalidate_all();
    }

    async fn fill(&self, found: &mut [Option<Arc<Offer>>], missing: Vec<(usize, Wanted)>) -> Result<(), DatabaseError> {
        if missing.is_empty() {
            return Ok(());
        }
        let (places, wanted): (Vec<usize>, Vec<Wanted>) = missing.into_iter().unzip();
        for (place, offer) in places.into_iter().zip(self.loader.load(wanted).await?) {
            found[place] = offer;
        }
        Ok(())
    }
}
