//! The map itself: shards behind read-write locks, bounded, and strict about loads that race with invalidations.
//!
//! ```text
//! load:        generation() ── query ──────────────── insert(generation): dropped, for the generation has moved
//! change:                ── commit ── invalidate()
//! ```

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::id::{StoreId, VariantId};

use super::super::name::Sku;
use super::super::offer::Offer;
use super::Cached;

/// A power of two; enough that two cores seldom meet at one lock.
const SHARDS: usize = 64;

pub(super) struct Cache {
    shards: Box<[RwLock<Shard>]>,
    /// Only says where to look: an answer is checked against the offer found there.
    by_variant: Box<[RwLock<HashMap<VariantId, Key>>]>,
    /// Moves with every invalidation of anything, and before the generation of its shard does.
    invalidations: AtomicU64,
    hasher: RandomState,
    shard_capacity: usize,
}

#[derive(Default)]
struct Shard {
    /// Moves with every invalidation of any key of the shard.
    generation: u64,
    slots: HashMap<Key, Slot>,
    absent: usize,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) store: StoreId,
    pub(super) sku: Sku,
}

struct Slot {
    /// `None`: the store has no such SKU.
    offer: Option<Arc<Offer>>,
    /// Read since the last sweep.
    used: AtomicBool,
}

/// The state of a key's shard before a load began.
#[derive(Clone, Copy)]
pub(super) struct Generation(u64);

impl Cache {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            by_variant: (0..SHARDS).map(|_| RwLock::default()).collect(),
            invalidations: AtomicU64::new(0),
            hasher: RandomState::new(),
            shard_capacity: capacity.div_ceil(SHARDS).max(4),
        }
    }

    pub(super) fn get(&self, store: StoreId, sku: &Sku) -> Cached {
        let key = Key { store, sku: sku.clone() };
        match self.read(&key).slots.get(&key) {
            None => Cached::Missing,
            Some(slot) => {
                // Written once between sweeps, so that readers of a hot SKU do not fight over the line.
                if !slot.used.load(Ordering::Relaxed) {
                    slot.used.store(true, Ordering::Relaxed);
                }
                slot.offer.clone().map_or(Cached::Absent, Cached::Offer)
            }
        }
    }

    pub(super) fn get_by_variant(&self, variant: VariantId) -> Option<Arc<Offer>> {
        let shard = &self.by_variant[self.shard_of(&variant)];
        let key = shard.read().unwrap_or_else(PoisonError::into_inner).get(&variant).cloned()?;
        match self.get(key.store, &key.sku) {
            Cached::Offer(offer) if offer.variant_id == variant => Some(offer),
            Cached::Offer(_) | Cached::Absent | Cached::Missing => None,
        }
    }

    pub(super) fn generation(&self, key: &Key) -> Generation {
        Generation(self.read(key).generation)
    }

    pub(super) fn invalidations(&self) -> u64 {
        self.invalidations.load(Ordering::SeqCst)
    }

    /// Keeps what was loaded, unless something of the shard was invalidated since `before`.
    pub(super) fn insert(&self, key: Key, offer: Option<Arc<Offer>>, before: Generation) {
        let variant = offer.as_ref().map(|offer| offer.variant_id);
        {
            let mut shard = self.write(&key);
            if shard.generation != before.0 {
                return;
            }
            shard.insert(key.clone(), offer, self.shard_capacity);
        }
        if let Some(variant) = variant {
            let mut places = self.by_variant[self.shard_of(&variant)].write().unwrap_or_else(PoisonError::into_inner);
            // Rare, and all it costs is that some are loaded again.
            if places.len() >= self.shard_capacity * 2 {
                places.clear();
            }
            places.insert(variant, key);
        }
    }

    pub(super) fn invalidate(&self, store: StoreId, sku: &Sku) {
        let key = Key { store, sku: sku.clone() };
        self.invalidations.fetch_add(1, Ordering::SeqCst);
        let mut shard = self.write(&key);
        shard.generation += 1;
        shard.remove(&key);
    }

    /// What another store has stays; of it only a load under way is not kept.
    pub(super) fn invalidate_store(&self, store: StoreId) {
        self.invalidations.fetch_add(1, Ordering::SeqCst);
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            shard.generation += 1;
            shard.slots.retain(|key, _| key.store != store);
            shard.absent = shard.count_absent();
        }
    }

    pub(super) fn invalidate_all(&self) {
        self.invalidations.fetch_add(1, Ordering::SeqCst);
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            *shard = Shard { generation: shard.generation + 1, ..Shard::default() };
        }
    }

    fn read(&self, key: &Key) -> RwLockReadGuard<'_, Shard> {
        self.shards[self.shard_of(key)].read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, key: &Key) -> RwLockWriteGuard<'_, Shard> {
        self.shards[self.shard_of(key)].write().unwrap_or_else(PoisonError::into_inner)
    }

    fn shard_of<K: std::hash::Hash>(&self, key: &K) -> usize {
        (self.hasher.hash_one(key) as usize) & (SHARDS - 1)
    }
}

impl Shard {
    fn insert(&mut self, key: Key, offer: Option<Arc<Offer>>, capacity: usize) {
        if self.slots.len() >= capacity {
            self.sweep(capacity);
        }
        // Names that nobody sells are told by anyone who can type: they must not push out what is sold.
        if offer.is_none() && self.absent >= (capacity / 4).max(1) {
            self.slots.retain(|_, slot| slot.offer.is_some());
            self.absent = 0;
        }
        self.absent += usize::from(offer.is_none());
        if let Some(old) = self.slots.insert(key, Slot { offer, used: AtomicBool::new(false) }) {
            self.absent -= usize::from(old.offer.is_none());
        }
    }

    fn remove(&mut self, key: &Key) {
        if let Some(old) = self.slots.remove(key) {
            self.absent -= usize::from(old.offer.is_none());
        }
    }

    /// A second chance for what was read since the last sweep; when everything was, half goes all the same.
    fn sweep(&mut self, capacity: usize) {
        self.slots.retain(|_, slot| std::mem::take(slot.used.get_mut()));
        let mut spare = self.slots.len().saturating_sub(capacity / 2);
        if self.slots.len() >= capacity {
            self.slots.retain(|_, _| {
                let goes = spare > 0;
                spare -= usize::from(goes);
                !goes
            });
        }
        self.absent = self.count_absent();
    }

    fn count_absent(&self) -> usize {
        self.slots.values().filter(|slot| slot.offer.is_none()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::offer::sample;
    use super::*;

    fn key(sku: &str) -> Key {
        Key { store: StoreId::MAIN, sku: Sku::parse(sku).expect("a SKU") }
    }

    fn offer(sku: &str) -> Option<Arc<Offer>> {
        Some(Arc::new(sample(sku)))
    }

    fn known(cache: &Cache, sku: &str) -> bool {
        cache.get(StoreId::MAIN, &key(sku).sku) != Cached::Missing
    }

    #[test]
    fn a_load_that_began_before_an_invalidation_is_not_kept() {
        let cache = Cache::new(100);
        let before = cache.generation(&key("A"));
        cache.invalidate(StoreId::MAIN, &key("A").sku);
        cache.insert(key("A"), offer("A"), before);
        assert!(!known(&cache, "A"));

        let before = cache.generation(&key("A"));
        cache.invalidate_all();
        cache.insert(key("A"), offer("A"), before);
        assert!(!known(&cache, "A"));

        let before = cache.generation(&key("A"));
        cache.insert(key("A"), offer("A"), before);
        assert!(known(&cache, "A"));
        cache.invalidate(StoreId::MAIN, &key("A").sku);
        assert!(!known(&cache, "A"));
    }

    #[test]
    fn a_sku_of_one_store_says_nothing_of_another() {
        let cache = Cache::new(100);
        cache.insert(key("A"), offer("A"), cache.generation(&key("A")));
        let other = StoreId::from_uuid(uuid::Uuid::from_u128(9));
        assert_eq!(cache.get(other, &key("A").sku), Cached::Missing);
    }

    #[test]
    fn a_change_of_all_that_a_store_sells_leaves_its_neighbours_alone() {
        let cache = Cache::new(100);
        let other = StoreId::from_uuid(uuid::Uuid::from_u128(9));
        let theirs = Key { store: other, sku: key("A").sku };
        let before = cache.generation(&key("A"));
        cache.insert(key("A"), offer("A"), before);
        cache.insert(theirs.clone(), offer("A"), cache.generation(&theirs));
        cache.invalidate_store(other);
        assert!(known(&cache, "A"));
        assert_eq!(cache.get(other, &theirs.sku), Cached::Missing);
        // Neither is what was being loaded meanwhile.
        cache.insert(theirs.clone(), offer("A"), before);
        assert_eq!(cache.get(other, &theirs.sku), Cached::Missing);
    }

    #[test]
    fn a_variant_is_found_where_its_sku_is_and_nowhere_else() {
        let cache = Cache::new(100);
        let a = sample("A");
        cache.insert(key("A"), Some(Arc::new(a.clone())), cache.generation(&key("A")));
        assert_eq!(cache.get_by_variant(a.variant_id).map(|offer| offer.sku.clone()), Some(a.sku.clone()));

        // The SKU now belongs to another variant.
        cache.invalidate(StoreId::MAIN, &a.sku);
        let stranger = Offer { variant_id: VariantId::from_uuid(uuid::Uuid::from_u128(99)), ..a.clone() };
        cache.insert(key("A"), Some(Arc::new(stranger)), cache.generation(&key("A")));
        assert_eq!(cache.get_by_variant(a.variant_id), None);
    }

    #[test]
    fn the_cache_keeps_to_its_bound_and_to_what_is_read() {
        let cache = Cache::new(SHARDS * 8);
        for n in 0..SHARDS * 100 {
            let sku = n.to_string();
            cache.insert(key(&sku), offer(&sku), cache.generation(&key(&sku)));
            assert!(n == 0 || known(&cache, "0"), "what is read at every step survives, lost at {n}");
        }
        let total: usize = cache.shards.iter().map(|shard| shard.read().expect("no panic").slots.len()).sum();
        assert!(total <= SHARDS * 8, "{total}");
    }

    #[test]
    fn names_that_nobody_sells_do_not_push_out_what_is_sold() {
        let cache = Cache::new(SHARDS * 8);
        cache.insert(key("SOLD"), offer("SOLD"), cache.generation(&key("SOLD")));
        for n in 0..SHARDS * 100 {
            let sku = format!("NO-{n}");
            cache.insert(key(&sku), None, cache.generation(&key(&sku)));
        }
        assert!(known(&cache, "SOLD"));
        for shard in &cache.shards {
            let shard = shard.read().expect("no panic");
            assert!(shard.absent <= 2);
            assert_eq!(shard.absent, shard.count_absent());
        }
    }
}
