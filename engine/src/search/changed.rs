//! From what the outbox says to the products that have to be written, each once, in the order in which they were heard of.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use crate::id::{ProductId, StoreId};

use super::changes::Changes;
use super::error::Error;
use super::sources::Sources;
use super::store;

pub(super) const EVENTS_AT_ONCE: usize = 1_000;
/// So few that what else is to be heard, stock above all, does not wait for them.
pub(super) const PRODUCTS_AT_ONCE: usize = 200;

/// Products that wait to be read and written.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    queue: VecDeque<(StoreId, ProductId)>,
    queued: HashSet<(StoreId, ProductId)>,
}

impl Backlog {
    /// One that waits already is not queued twice: what is read when its turn comes is all that happened until then.
    pub(super) fn push(&mut self, store: StoreId, product: ProductId) {
        if self.queued.insert((store, product)) {
            self.queue.push_back((store, product));
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        other.queue.into_iter().for_each(|(store, product)| self.push(store, product));
    }

    /// The next of them, by store.
    pub(super) fn take(&mut self, count: usize) -> BTreeMap<StoreId, Vec<ProductId>> {
        let mut taken = BTreeMap::<_, Vec<_>>::new();
        for (store, product) in self.queue.drain(..count.min(self.queue.len())) {
            self.queued.remove(&(store, product));
            taken.entry(store).or_default().push(product);
        }
        taken
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// The products that show what changed.
pub(super) async fn products(sources: &Sources, changes: &Changes) -> Result<Backlog, Error> {
    let mut products = Backlog::default();
    for (store, ids) in &changes.products {
        ids.iter().for_each(|id| products.push(*store, *id));
    }
    let stores: BTreeSet<StoreId> = changes.categories.keys().chain(changes.brands.keys()).copied().collect();
    for store in stores {
        let showing = showing(sources, store, changes).await?;
        showing.into_iter().for_each(|id| products.push(store, id));
    }
    Ok(products)
}

async fn showing(sources: &Sources, store: StoreId, changes: &Changes) -> Result<Vec<ProductId>, Error> {
    let categories: Vec<_> = changes.categories.get(&store).into_iter().flatten().copied().collect();
    let brands: Vec<_> = changes.brands.get(&store).into_iter().flatten().copied().collect();
    if categories.is_empty() && brands.is_empty() {
        return Ok(Vec::new());
    }
    sources
        .database
        // A whole department may show it.
        .run_at_length(move |mut connection| async move {
            Ok(store::products_showing(&mut connection, store, &categories, &brands).await?)
        })
        .await
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_product_waits_once_and_they_are_taken_in_turn() {
        let product = |n| ProductId::from_uuid(Uuid::from_u128(n));
        let (here, there) = (StoreId::MAIN, StoreId::from_uuid(Uuid::from_u128(9)));
        let mut backlog = Backlog::default();
        for (store, n) in [(here, 3), (here, 1), (there, 1), (here, 3), (here, 2)] {
            backlog.push(store, product(n));
        }
        let taken = backlog.take(3);
        assert_eq!(taken, BTreeMap::from([(here, vec![product(3), product(1)]), (there, vec![product(1)])]));
        // It changed again after it was read.
        backlog.push(here, product(3));
        assert_eq!(backlog.take(9), BTreeMap::from([(here, vec![product(2), product(3)])]));
        assert!(backlog.is_empty() && backlog.take(1).is_empty());
    }
}
