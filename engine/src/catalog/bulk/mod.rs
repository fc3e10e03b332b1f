//! Many rows at once: what an import writes. A row names a product and usually one of its variants, and says only what it
//! wants different; what is not there is made.
//!
//! Repeating a batch changes nothing: products are found by their key (their slug) and variants by their SKU, and only
//! what differs is written. A row that is wrong is rejected by itself. A batch is one transaction, one outbox row, one line of
//! the audit trail, and a handful of statements however many rows it has.

mod references;
mod told;
mod working;

use diesel_async::AsyncPgConnection;

use crate::audit::Subject;
use crate::id::{ImportId, ProductId, StoreId, VariantId};

use super::change::Writing;
use super::error::Error;
use super::field::FieldErrors;
use super::handle::Catalog;
use super::name::{Sku, Slug};
use super::product::ProductPatch;
use super::store;
use super::variant::VariantPatch;
use references::References;
use working::Working;

/// One row. Brand and category are names: those that are not there yet are made.
#[derive(Debug, Clone, Default)]
pub struct BulkRow {
    /// What rows of one product have in common; becomes its slug. None: the SKU decides.
    pub key: Option<String>,
    /// Its `brand` and `category` are not looked at.
    pub product: ProductPatch,
    /// A name or a slug. `Some(None)`: no brand.
    pub brand: Option<Option<String>>,
    /// Names from the root on, or one slug. `Some(None)`: no category.
    pub category: Option<Option<Vec<String>>>,
    /// None: the row is about the product alone.
    pub sku: Option<String>,
    pub variant: VariantPatch,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkOutcome {
    Accepted { product: ProductId, product_change: BulkChange, variant: Option<(VariantId, BulkChange)> },
    Rejected(FieldErrors),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkChange {
    Created,
    Changed,
    Unchanged,
}

/// An import under way: it remembers brands and categories from batch to batch.
pub struct Bulk {
    catalog: Catalog,
    store: StoreId,
    run: ImportId,
    references: Option<References>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Try {
    First,
    Again,
}

impl Bulk {
    pub fn new(catalog: Catalog, store: StoreId) -> Self {
        let run = catalog.new_run();
        Self { catalog, store, run, references: None }
    }

    /// What the audit trail knows it by.
    pub fn run(&self) -> ImportId {
        self.run
    }

    /// Writes a batch; the outcomes are in the order of the rows. An error means that the database could not be asked: what
    /// earlier batches wrote stays, and doing it again is safe.
    pub async fn write(&mut self, rows: Vec<BulkRow>) -> Result<Vec<BulkOutcome>, Error> {
        let mut outcomes = Vec::with_capacity(rows.len());
        // Usually one round. Where a constraint objects to something in the batch, halves are tried until it is found. A row
        // that is found is tried once more: somebody else may have made the very thing it names, and now it can be seen.
        let mut waiting = vec![(rows, Try::First)];
        while let Some((rows, which)) = waiting.pop() {
            let references = match self.references.take() {
                Some(references) => references,
                None => self.references().await?,
            };
            let (again, run) = (rows.clone(), self.run);
            let written = self
                .catalog
                .write(self.store, move |writing| Box::pin(async move { write(writing, rows, references, run).await }))
                .await;
            match written {
                Ok((told, references)) => {
                    self.references = Some(references);
                    outcomes.extend(told);
                }
                Err(Error::Invalid(errors)) if which == Try::Again => outcomes.push(BulkOutcome::Rejected(errors)),
                Err(Error::Invalid(_)) if again.len() == 1 => waiting.push((again, Try::Again)),
                Err(Error::Invalid(_)) => {
                    let (first, second) = again.split_at(again.len() / 2);
                    waiting.push((second.to_vec(), Try::First));
                    waiting.push((first.to_vec(), Try::First));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(outcomes)
    }

    async fn references(&self) -> Result<References, Error> {
        let store = self.store;
        self.catalog.read(move |connection| Box::pin(References::load(connection, store))).await
    }
}

async fn write(
    writing: &mut Writing<'_>,
    rows: Vec<BulkRow>,
    references: References,
    run: ImportId,
) -> Result<(Vec<BulkOutcome>, References), Error> {
    let mut working = load(writing.connection, writing.store, &rows, references).await?;
    let outcomes = rows.into_iter().map(|row| working.apply(writing, row)).collect();
    let (made, written) = working.finish(writing.now);
    for brand in &made.brands {
        store::insert_brand(writing.connection, brand).await?;
        writing.changed.brands.insert(brand.id);
    }
    for category in &made.categories {
        store::insert_category(writing.connection, category).await?;
        writing.changed.categories.insert(category.id);
    }
    store::upsert_products(writing.connection, &written.products).await?;
    store::upsert_variants(writing.connection, &written.variants).await?;
    writing.changed.products.extend(written.touched);
    writing.changed.skus.extend(written.skus);
    if !written.told.is_empty() {
        let (before, after) = written.told.pictures();
        let entry = writing.entry("import.products", Subject::new("import", run));
        writing.trail.push(entry.changed(before, after));
    }
    Ok((outcomes, made.references))
}

/// Everything that the rows may be about, locked so that nobody changes it meanwhile.
async fn load(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    rows: &[BulkRow],
    references: References,
) -> Result<Working, Error> {
    // What is no SKU is nobody's, and may be text that PostgreSQL does not take.
    let skus = rows.iter().filter_map(|row| row.sku.as_deref()).map(str::trim);
    let skus: Vec<&str> = skus.filter(|sku| Sku::parse(sku).is_ok()).collect();
    let variants = store::variants_by_sku_for_update(connection, store, &skus).await?;
    let mut slugs: Vec<String> = Vec::new();
    for row in rows {
        match &row.key {
            Some(key) => slugs.extend(slug_of(key).map(String::from)),
            // Whether the slugs that may be made for it are free.
            None => slugs.extend(working::made_slugs(row).into_iter().map(String::from)),
        }
    }
    let ids: Vec<ProductId> = variants.iter().map(|variant| variant.product_id).collect();
    let products = store::products_for_update(connection, store, &slugs, &ids).await?;
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let positions = store::next_positions(connection, &ids).await?;
    let all_skus = store::skus_by_product(connection, &ids).await?;
    Ok(Working::new(references, products, variants, positions, all_skus))
}

/// The slug that a key or a name stands for: itself if it is one already.
fn slug_of(text: &str) -> Option<Slug> {
    let text = text.trim();
    Slug::parse(text).ok().or_else(|| Slug::from_title(text))
}
