//! The import: a thread reads and translates, batches go to the catalogue one after the other, stock follows its products.
//!
//! ```text
//! thread: read -> map -> row ─┐ bounded channel ┌─ batch -> catalogue (one transaction) -> stock -> report
//!                             └─────────────────┘
//! ```
//! What is in memory at any time: the batch being written, two that wait, and one record.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::catalog::{self, Bulk, BulkChange, BulkOutcome, BulkRow, Catalog};
use crate::id::{StoreId, VariantId};
use crate::money::Currency;

use super::mapping::Mapping;
use super::report::{Rejection, Report};
use super::row::{self, Row};
use super::source::{self, Format};
use super::stock::{StockCount, StockDesk, StockSet};

/// How many rows one transaction writes.
const BATCH_ROWS: usize = 500;
/// And of how many bytes of input at most.
const BATCH_BYTES: u64 = 4 << 20;

#[derive(Debug, Clone)]
pub struct Options {
    pub store: StoreId,
    pub format: Format,
    /// None: the file speaks this shop's own words.
    pub mapping: Option<Mapping>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub bytes: u64,
    pub rows: u64,
    pub rejected: u64,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub rows: u64,
    /// Rows that were not taken; each has at least one line in the report.
    pub rejected: u64,
    pub products_created: u64,
    pub products_changed: u64,
    pub variants_created: u64,
    pub variants_changed: u64,
    /// Rows that asked for nothing new.
    pub unchanged: u64,
    pub stock_set: u64,
    pub stock_unchanged: u64,
    /// Counts in rows whose products were written, and no one to give them to.
    pub stock_ignored: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("the file could not be read: {0}")]
    Read(#[source] io::Error),
    #[error("the report could not be written: {0}")]
    Report(#[source] io::Error),
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
}

/// A row, or why there is none.
struct Translated {
    line: u64,
    sku: Option<String>,
    row: Result<Box<Row>, Vec<Rejection>>,
}

type Batch = Result<Vec<Translated>, io::Error>;

/// Reads `input` to its end. Stops at the first error that is not a row's own; what was written until then stays, and
/// doing it again is safe.
pub async fn import<W: Write>(
    catalog: &Catalog,
    stock: Option<&dyn StockDesk>,
    input: impl Read + Send + 'static,
    options: Options,
    report: &mut Report<W>,
    mut progress: impl FnMut(Progress),
) -> Result<Summary, ImportError> {
    let currency = catalog.currency(options.store).await?;
    let bytes = Arc::new(AtomicU64::new(0));
    let mut batches = read_in_thread(input, &options, currency, bytes.clone()).map_err(ImportError::Read)?;
    let mut writer = Writer {
        bulk: Bulk::new(catalog.clone(), options.store),
        store: options.store,
        stock,
        summary: Summary::default(),
    };
    while let Some(batch) = batches.recv().await {
        let rejections = writer.write(batch.map_err(ImportError::Read)?).await?;
        for rejection in &rejections {
            report.reject(rejection).map_err(ImportError::Report)?;
        }
        let Summary { rows, rejected, .. } = writer.summary;
        progress(Progress { bytes: bytes.load(Ordering::Relaxed), rows, rejected });
    }
    report.flush().map_err(ImportError::Report)?;
    Ok(writer.summary)
}

fn read_in_thread(
    input: impl Read + Send + 'static,
    options: &Options,
    currency: Currency,
    bytes: Arc<AtomicU64>,
) -> io::Result<mpsc::Receiver<Batch>> {
    let (sender, receiver) = mpsc::channel(2);
    let (format, mapping) = (options.format, options.mapping.clone());
    std::thread::Builder::new().name("import".to_owned()).spawn(move || {
        if let Err(error) = read_all(input, format, mapping.as_ref(), currency, bytes, &sender) {
            // Nobody listens when the import has ended already.
            let _ = sender.blocking_send(Err(error));
        }
    })?;
    Ok(receiver)
}

fn read_all(
    input: impl Read + Send + 'static,
    format: Format,
    mapping: Option<&Mapping>,
    currency: Currency,
    bytes: Arc<AtomicU64>,
    batches: &mpsc::Sender<Batch>,
) -> io::Result<()> {
    let mut records = source::open(input, format, bytes.clone())?;
    let mut batch = Vec::with_capacity(BATCH_ROWS);
    let mut begun_at = 0;
    while let Some((line, record)) = records.next()? {
        match record {
            Ok(record) => translate(line, record, mapping, currency, &mut batch),
            Err(reason) => batch.push(unreadable(line, reason)),
        }
        let read = bytes.load(Ordering::Relaxed);
        if batch.len() >= BATCH_ROWS || read - begun_at >= BATCH_BYTES {
            begun_at = read;
            if batches.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                return Ok(());
            }
        }
    }
    if !batch.is_empty() {
        // Nobody listens when the import has ended already.
        let _ = batches.blocking_send(Ok(batch));
    }
    Ok(())
}

fn unreadable(line: u64, reason: String) -> Translated {
    let rejection = Rejection { line, sku: None, field: String::new(), code: "unreadable".to_owned(), reason };
    Translated { line, sku: None, row: Err(vec![rejection]) }
}

fn translate(
    line: u64,
    record: Map<String, Value>,
    mapping: Option<&Mapping>,
    currency: Currency,
    batch: &mut Vec<Translated>,
) {
    let rows = match mapping {
        None => vec![record],
        Some(mapping) => mapping.rows(&record),
    };
    for record in rows {
        let sku = record.get("sku").and_then(row::plain);
        let row = row::read(record, currency).map(Box::new).map_err(|wrong| {
            let reject = |wrong: row::Unreadable| Rejection {
                line,
                sku: sku.clone(),
                field: wrong.field,
                code: "unreadable".to_owned(),
                reason: wrong.reason,
            };
            wrong.into_iter().map(reject).collect()
        });
        batch.push(Translated { line, sku, row });
    }
}

struct Writer<'a> {
    bulk: Bulk,
    store: StoreId,
    stock: Option<&'a dyn StockDesk>,
    summary: Summary,
}

impl Writer<'_> {
    /// Writes a batch and says what was not taken.
    async fn write(&mut self, batch: Vec<Translated>) -> Result<Vec<Rejection>, ImportError> {
        let mut rejections = Vec::new();
        let mut places: Vec<(u64, Option<String>, BTreeMap<String, i64>)> = Vec::new();
        let mut rows: Vec<BulkRow> = Vec::new();
        for Translated { line, sku, row } in batch {
            self.summary.rows += 1;
            match row {
                Ok(row) => {
                    places.push((line, sku, row.stock));
                    rows.push(row.bulk);
                }
                Err(wrong) => {
                    self.summary.rejected += 1;
                    rejections.extend(wrong);
                }
            }
        }
        let outcomes = self.bulk.write(rows).await?;
        // A count that comes twice in a batch is the later one.
        let mut counts: BTreeMap<(VariantId, String), (i64, u64, Option<String>)> = BTreeMap::new();
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
        rejections.extend(self.set_stock(counts).await);
        rejections.sort_by_key(|rejection| rejection.line);
        Ok(rejections)
    }

    async fn set_stock(&mut self, counts: BTreeMap<(VariantId, String), (i64, u64, Option<String>)>) -> Vec<Rejection> {
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
        let answers = desk.set(self.store, asked).await;
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
