//! The demo shop: an assortment made up on the spot, and a flash sale that opens a minute after each start.
//!
//! Nothing here is random: every seeding makes the same products, and doing it again changes nothing. Stock is given only
//! to what never had any, so that a demo that was played with stays as it is.

mod assortment;
mod drop;
mod words;

use std::collections::HashSet;

use crate::audit::Subject;
use crate::catalog::{self, Bulk, BulkOutcome, BulkRow, Catalog, CategoryDraft, Error, Slug};
use crate::id::{StoreId, VariantId};
use crate::transfer::{StockCount, StockDesk};

pub use drop::{DemoSale, arm};

/// What seeding made of an empty shop, or found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seeded {
    pub products: usize,
    pub variants: usize,
    /// How many variants were given their first stock.
    pub stocked: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    #[error(transparent)]
    Catalog(#[from] Error),
    #[error("the demo shop was refused: {0}")]
    Refused(catalog::FieldErrors),
    #[error("the demo stock was refused: {0}")]
    Stock(String),
}

/// Whether there is nothing to sell yet.
pub async fn is_empty(catalog: &Catalog, store: StoreId) -> Result<bool, Error> {
    Ok(catalog.products_after(store, None, None, 1).await?.is_empty())
}

/// Makes the demo assortment. Safe to repeat; it puts back what was changed of it, and leaves everything else alone.
pub async fn seed(catalog: &Catalog, stock: &dyn StockDesk, store: StoreId) -> Result<Seeded, SeedError> {
    for draft in words::categories() {
        make_category(catalog, store, draft).await?;
    }
    let currency = catalog.currency(store).await?;
    let goods = assortment::goods(currency);
    let mut seeded = Seeded::default();
    let mut bulk = Bulk::new(catalog.clone(), store);
    let mut products = HashSet::new();
    for batch in goods.chunks(500) {
        let rows: Vec<BulkRow> = batch.iter().map(|good| good.row.clone()).collect();
        let outcomes = bulk.write(rows).await?;
        let mut counts = Vec::with_capacity(batch.len());
        for (good, outcome) in batch.iter().zip(outcomes) {
            match outcome {
                BulkOutcome::Rejected(errors) => return Err(SeedError::Refused(errors)),
                BulkOutcome::Accepted { product, variant, .. } => {
                    products.insert(product);
                    if let Some((variant, _)) = variant {
                        counts.push(StockCount { variant, location: None, on_hand: good.units });
                    }
                }
            }
        }
        seeded.variants += batch.len();
        seeded.stocked += first_stock(stock, store, Subject::new("import", bulk.run()), counts).await?;
    }
    seeded.products = products.len();
    Ok(seeded)
}

/// Parents come before their children.
async fn make_category(catalog: &Catalog, store: StoreId, draft: CategoryDraft) -> Result<(), Error> {
    let slug = Slug::from_title(&draft.name).expect("the demo's names are plain words");
    match catalog.category_detail(store, &slug).await {
        Ok(_) => Ok(()),
        Err(Error::NotFound(_)) => catalog.create_category(store, draft).await.map(|_| ()),
        Err(error) => Err(error),
    }
}

/// Gives stock to those that have none on record, and says how many they were.
async fn first_stock(
    stock: &dyn StockDesk,
    store: StoreId,
    subject: Subject,
    counts: Vec<StockCount>,
) -> Result<usize, SeedError> {
    let variants = counts.iter().map(|count| count.variant).collect();
    let levels = stock.levels(store, variants).await.map_err(SeedError::Stock)?;
    let known: HashSet<VariantId> = levels.iter().map(|level| level.variant).collect();
    let counts: Vec<StockCount> = counts.into_iter().filter(|count| !known.contains(&count.variant)).collect();
    let stocked = counts.len();
    for answer in stock.set(store, subject, counts).await {
        answer.map_err(SeedError::Stock)?;
    }
    Ok(stocked)
}
