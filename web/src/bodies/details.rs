//! Products as the catalogue has them, kept longer than the pages made of them: stock changes with every order, products
//! with an admin. What the catalogue says it changed is forgotten at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::catalog::{Catalog, Changed, ProductDetail, Slug};
use engine::id::{ProductId, StoreId};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::eras::Eras;

/// Cheap to clone.
#[derive(Clone)]
pub struct Details(Arc<Parts>);

struct Parts {
    catalog: Catalog,
    by_slug: Cache<(StoreId, u64, Slug), Arc<ProductDetail>>,
    slugs: Cache<ProductId, Slug>,
    eras: Eras,
    /// Counts changes, so that what was read before one is not kept after it.
    changes: AtomicU64,
}

/// About 20 KB each at most, in practice two.
const CAPACITY: u64 = 10_000;

impl Details {
    /// `max_age` bounds how long a change that was never heard of can hide.
    pub fn new(catalog: Catalog, max_age: Duration) -> Self {
        // As of the bodies: what was popular in an era that is over keeps nobody out.
        let lru = EvictionPolicy::lru;
        let by_slug = Cache::builder().eviction_policy(lru()).max_capacity(CAPACITY).time_to_live(max_age).build();
        let slugs = Cache::builder().eviction_policy(lru()).max_capacity(CAPACITY).time_to_live(max_age).build();
        Self(Arc::new(Parts { catalog, by_slug, slugs, eras: Eras::default(), changes: AtomicU64::new(0) }))
    }

    /// A product that the public may see.
    pub async fn get(&self, store: StoreId, slug: &Slug) -> Result<Arc<ProductDetail>, engine::catalog::Error> {
        let name = (store, self.0.eras.of(store), slug.clone());
        if let Some(detail) = self.0.by_slug.get(&name) {
            return Ok(detail);
        }
        let before = self.0.changes.load(Ordering::SeqCst);
        let detail = Arc::new(self.0.catalog.product_detail(store, slug).await?);
        if self.0.changes.load(Ordering::SeqCst) == before {
            self.0.slugs.insert(detail.product.id, slug.clone());
            self.0.by_slug.insert(name, Arc::clone(&detail));
        }
        Ok(detail)
    }

    /// Forgets what may show the change; says which products' pages are concerned, or `None`: any of the store's may be.
    pub fn heard(&self, store: StoreId, changed: &Changed) -> Option<Vec<Slug>> {
        self.0.changes.fetch_add(1, Ordering::SeqCst);
        if !changed.categories.is_empty() || !changed.brands.is_empty() || !changed.tax_classes.is_empty() {
            self.0.eras.begin_another(store);
            return None;
        }
        let slugs: Vec<Slug> = changed.products.iter().filter_map(|id| self.0.slugs.remove(id)).collect();
        for slug in &slugs {
            self.0.by_slug.invalidate(&(store, self.0.eras.of(store), slug.clone()));
        }
        Some(slugs)
    }
}
