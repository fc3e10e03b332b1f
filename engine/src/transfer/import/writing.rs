//! Writes what was read: rows to the catalogue, counts to the stock desk; and says what neither took.

use std::collections::BTreeMap;

use super::super::report::Rejection;
use super::super::row::Row;
use super::super::stock::{StockCount, StockDesk, StockSet};
use super::{ImportError, Options, Scope, Summary, Translated};
use crate::audit::Subject;
use crate::catalog::{self, Bulk, BulkChange, BulkOutcome, Catalog, Sku};
use crate::id::{ImportId, StoreId, VariantId};

pub(super) struct Writer<'a> {
    catalog: Catalog,
    bulk: Bulk,
    store: StoreId,
    scope: Scope,
    stock: Option<&'a dyn StockDesk>,
    pub(super) summary: Summary,
}

/// A row that could be read.
struct Placed {
    line: u64,
    sku: Option<String>,
    row: Box<Row>,
}

/// What was counted, by variant and location, and where it stood. A count that comes twice in a batch is the later one.
type Counts = BTreeMap<(VariantId, String), (i64, u64, Option<String>)>;

impl<'a> Writer<'a> {
    pub(super) fn new(catalog: &Catalog, stock: Option<&'a dyn StockDesk>, options: &Options) -> Self {
        let bulk = Bulk::new(catalog.clone(), options.store);
        let catalog = catalog.clone();
        Self { catalog, bulk, store: options.store, scope: options.scope, stock, summary: Summary::default() }
    }

    /// What the audit trail knows it by.
    pub(super) fn run(&self) -> ImportId {
        self.bulk.run()
    }

    /// Writes a batch and says what was not taken.
    pub(super) async fn write(&mut self, batch: Vec<Translated>) -> Result<Vec<Rejection>, ImportError> {
        let mut rejections = Vec::new();
        let mut placed = Vec::with_capacity(batch.len());
        for Translated { line, sku, row } in batch {
            self.summary.rows += 1;
            match row {
                Ok(row) => placed.push(Placed { line, sku, row }),
                Err(wrong) => {
                    self.summary.rejected += 1;
                    rejections.extend(wrong);
                }
            }
        }
        let counts = match self.scope {
            Scope::Products => self.write_products(placed, &mut rejections).await?,
            Scope::Stock => self.find_variants(placed, &mut rejections).await?,
        };
        rejections.extend(self.set_stock(counts).await);
        rejections.sort_by_key(|rejection| rejection.line);
        Ok(rejections)
    }

    async fn write_products(
        &mut self,
        placed: Vec<Placed>,
        rejections: &mut Vec<Rejection>,
    ) -> Result<Counts, ImportError> {
        let mut places = Vec::with_capacity(placed.len());
        let mut rows = Vec::with_capacity(placed.len());
        for Placed { line, sku, row } in placed {
            places.push((line, sku, row.stock));
            rows.push(row.bulk);
        }
        let outcomes = self.bulk.write(rows).await?;
        let mut counts = Counts::new();
        for ((line, sku, stock), outcome) in places.into_iter().zip(outcomes) {
            match outcome {
                BulkOutcome::Rejected(errors) => {
                    self.summary.rejected += 1;
                    rejections.extend(errors.into_iter().map(|error| Rejection {
                        line,
                        sku: sku.clone(),
                        field: error.pointer.trim_start_matches('/').replace('/', "."),
                        code: error.code.to_owned(),
                        reason: error.detail,
                    }));
                }
                BulkOutcome::Accepted { product_change, variant, .. } => {
                    self.summary.count(product_change, variant.map(|(_, change)| change));
                    if let Some((variant, _)) = variant {
                        for (location, on_hand) in stock {
                            counts.insert((variant, location), (on_hand, line, sku.clone()));
                        }
                    }
                }
            }
        }
        Ok(counts)
    }

    /// Whose counts they are: nothing is made for a SKU that is not there.
    async fn find_variants(
        &mut self,
        placed: Vec<Placed>,
        rejections: &mut Vec<Rejection>,
    ) -> Result<Counts, ImportError> {
        let parsed = placed.iter().map(|placed| placed.row.bulk.sku.as_deref().and_then(|sku| Sku::parse(sku).ok()));
        let parsed: Vec<Option<Sku>> = parsed.collect();
        let skus: Vec<Sku> = parsed.iter().flatten().cloned().collect();
        let mut offers = self.catalog.offers().get(self.store, &skus).await.map_err(catalog::Error::from)?.into_iter();
        let mut counts = Counts::new();
        for (Placed { line, sku, row }, parsed) in placed.into_iter().zip(parsed) {
            let offer = parsed.and_then(|_| offers.next().flatten());
            let Some(offer) = offer else {
                self.summary.rejected += 1;
                let (code, reason) = match &row.bulk.sku {
                    None => ("required", "a count is of a SKU".to_owned()),
                    Some(sku) => ("unknown", format!("there is no SKU {sku}")),
                };
                rejections.push(Rejection { line, sku, field: "sku".to_owned(), code: code.to_owned(), reason });
                continue;
            };
            if row.stock.is_empty() {
                self.summary.unchanged += 1;
            }
            for (location, on_hand) in row.stock {
                counts.insert((offer.variant_id, location), (on_hand, line, sku.clone()));
            }
        }
        Ok(counts)
    }

    async fn set_stock(&mut self, counts: Counts) -> Vec<Rejection> {
        let mut rejections = Vec::new();
        if counts.is_empty() {
            return rejections;
        }
        let Some(desk) = self.stock else {
            self.summary.stock_ignored += counts.len() as u64;
            return rejections;
        };
        let asked = counts
            .iter()
            .map(|((variant, location), (on_hand, ..))| StockCount {
                variant: *variant,
                location: Some(location.clone()).filter(|location| !location.is_empty()),
                on_hand: *on_hand,
            })
            .collect();
        let answers = desk.set(self.store, Subject::new("import", self.run()), asked).await;
        for (((_, location), (_, line, sku)), answer) in counts.into_iter().zip(answers) {
            match answer {
                Ok(StockSet::Set) => self.summary.stock_set += 1,
                Ok(StockSet::Unchanged) => self.summary.stock_unchanged += 1,
                Err(reason) => {
                    self.summary.rejected += 1;
                    let field = if location.is_empty() { "stock".to_owned() } else { format!("stock.{location}") };
                    rejections.push(Rejection { line, sku, field, code: "stock_refused".to_owned(), reason });
                }
            }
        }
        rejections
    }
}

impl Summary {
    fn count(&mut self, product: BulkChange, variant: Option<BulkChange>) {
        match product {
            BulkChange::Created => self.products_created += 1,
            BulkChange::Changed => self.products_changed += 1,
            BulkChange::Unchanged => {}
        }
        match variant {
            Some(BulkChange::Created) => self.variants_created += 1,
            Some(BulkChange::Changed) => self.variants_changed += 1,
            Some(BulkChange::Unchanged) | None => {}
        }
        if product == BulkChange::Unchanged && matches!(variant, Some(BulkChange::Unchanged) | None) {
            self.unchanged += 1;
        }
    }
}
