//! Loads what was missed. One load runs at a time and the next one gathers meanwhile: a thousand shoppers who miss the
//! same SKU cost one query. An ask is answered by a load that began after it, so it sees every change made before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::id::{StoreId, VariantId};
use crate::postgres::DatabaseError;
use crate::runtime::Runtime;

use super::super::name::Sku;
use super::super::offer::Offer;
use super::cache::{Cache, Generation, Key};
use super::rows::OfferRows;

/// Beyond it the database is not keeping up, and waiting longer helps no one.
const WAITING_MAX: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    Sku(StoreId, Sku),
    Variant(VariantId),
}

pub(super) struct Loader {
    rows: Arc<dyn OfferRows>,
    runtime: Runtime,
    cache: Arc<Cache>,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    asks: Vec<Ask>,
    running: bool,
}

struct Ask {
    wanted: Vec<Wanted>,
    answer: oneshot::Sender<Result<Vec<Option<Arc<Offer>>>, String>>,
}

type Loaded = HashMap<Wanted, Arc<Offer>>;

impl Loader {
    pub(super) fn new(rows: Arc<dyn OfferRows>, runtime: Runtime, cache: Arc<Cache>) -> Self {
        Self { rows, runtime, cache, queue: Mutex::default() }
    }

    /// The offers of `wanted`, in its order.
    pub(super) async fn load(self: &Arc<Self>, wanted: Vec<Wanted>) -> Result<Vec<Option<Arc<Offer>>>, DatabaseError> {
        let (answer, answered) = oneshot::channel();
        {
            let mut queue = self.queue();
            if queue.asks.len() >= WAITING_MAX {
                return Err(DatabaseError::Unavailable("too many are waiting for offers".to_owned()));
            }
            queue.asks.push(Ask { wanted, answer });
            if !queue.running {
                queue.running = true;
                let running = Running(self.clone());
                self.runtime.spawn(async move { running.0.drain().await });
            }
        }
        match answered.await {
            Ok(result) => result.map_err(DatabaseError::Unavailable),
            Err(_) => Err(DatabaseError::Unavailable("loading offers broke off".to_owned())),
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn drain(&self) {
        loop {
            let asks = {
                let mut queue = self.queue();
                if queue.asks.is_empty() {
                    queue.running = false;
                    return;
                }
                std::mem::take(&mut queue.asks)
            };
            let loaded = self.query(&asks).await.map_err(|error| error.to_string());
            if let Err(error) = &loaded {
                tracing::error!(error, asks = asks.len(), "offers could not be loaded");
            }
            for Ask { wanted, answer } in asks {
                let result = match &loaded {
                    Ok(loaded) => Ok(wanted.iter().map(|wanted| loaded.get(wanted).cloned()).collect()),
                    Err(error) => Err(error.clone()),
                };
                // Nobody listens any more: the shopper has gone.
                let _ = answer.send(result);
            }
        }
    }

    async fn query(&self, asks: &[Ask]) -> Result<Loaded, DatabaseError> {
        let mut skus: HashMap<StoreId, HashMap<Sku, Generation>> = HashMap::new();
        let mut variants = Vec::new();
        for wanted in asks.iter().flat_map(|ask| &ask.wanted) {
            match wanted {
                Wanted::Sku(store, sku) => {
                    let key = Key { store: *store, sku: sku.clone() };
                    let generation = self.cache.generation(&key);
                    skus.entry(*store).or_default().entry(key.sku).or_insert(generation);
                }
                Wanted::Variant(variant) => variants.push(*variant),
            }
        }
        variants.sort_unstable();
        variants.dedup();

        let mut loaded = Loaded::new();
        for (store, skus) in skus {
            let mut offers: HashMap<Sku, Arc<Offer>> = self
                .rows
                .by_sku(store, skus.keys().cloned().collect())
                .await?
                .into_iter()
                .map(|offer| (offer.sku.clone(), Arc::new(offer)))
                .collect();
            for (sku, generation) in skus {
                let offer = offers.remove(&sku);
                if let Some(offer) = &offer {
                    loaded.insert(Wanted::Sku(store, sku.clone()), offer.clone());
                }
                self.cache.insert(Key { store, sku }, offer, generation);
            }
        }
        if !variants.is_empty() {
            // Under which SKUs they are is not known before the answer: it is kept only if nothing at all was
            // invalidated meanwhile.
            let before = self.cache.invalidations();
            for offer in self.rows.by_variant(variants).await? {
                let offer = Arc::new(offer);
                let key = Key { store: offer.store_id, sku: offer.sku.clone() };
                let generation = self.cache.generation(&key);
                if self.cache.invalidations() == before {
                    self.cache.insert(key, Some(offer.clone()), generation);
                }
                loaded.insert(Wanted::Variant(offer.variant_id), offer);
            }
        }
        Ok(loaded)
    }
}

/// Lets the next load begin even when this one panicked; whoever waited is told.
struct Running(Arc<Loader>);

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = self.0.queue();
            queue.running = false;
            queue.asks.clear();
        }
    }
}
