//! The import: a thread reads and translates, batches go to the catalogue one after the other, stock follows its products.
//!
//! ```text
//! thread: read -> map -> row ─┐ bounded channel ┌─ batch -> catalogue (one transaction) -> stock -> report
//!                             └─────────────────┘
//! ```
//! What is in memory at any time: the batch being written, two that wait, and one record.

mod digesting;
mod trail;
mod writing;

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use crate::catalog::{self, Catalog};
use crate::id::StoreId;
use crate::money::Currency;

use super::mapping::Mapping;
use super::report::{Rejection, Report};
use super::row::{self, Row};
use super::source::{self, Format};
use super::stock::StockDesk;
use digesting::Digesting;
use writing::Writer;

/// How many rows one transaction writes.
const BATCH_ROWS: usize = 500;
/// And of how many bytes of input at most.
const BATCH_BYTES: u64 = 4 << 20;

#[derive(Debug, Clone)]
pub struct Options {
    pub store: StoreId,
    pub scope: Scope,
    pub format: Format,
    /// None: the file speaks this shop's own words.
    pub mapping: Option<Mapping>,
    /// What the file is called, if it has a name. For the audit trail.
    pub file: Option<String>,
}

/// What of the rows is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Products and variants, and the stock that they name.
    Products,
    /// The stock of SKUs that are there. What else a row says is read and left alone.
    Stock,
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
    #[error("the thread that reads the file broke")]
    Reader,
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

/// `None` is the end. A channel that closes without it was left by a thread that broke.
type Batch = Result<Option<Vec<Translated>>, io::Error>;

/// Reads `input` to its end. Stops at the first error that is not a row's own; what was written until then stays, and
/// doing it again is safe.
pub async fn import<W: Write>(
    catalog: &Catalog,
    stock: Option<&dyn StockDesk>,
    input: impl Read + Send + 'static,
    options: Options,
    report: &mut Report<W>,
    progress: impl FnMut(Progress),
) -> Result<Summary, ImportError> {
    let currency = catalog.currency(options.store).await?;
    let digest = Arc::new(OnceLock::new());
    let input = Digesting::new(input, Arc::clone(&digest));
    let bytes = Arc::new(AtomicU64::new(0));
    let batches = read_in_thread(input, &options, currency, bytes.clone()).map_err(ImportError::Read)?;
    let mut writer = Writer::new(catalog, stock, &options);
    let ended = write_all(&mut writer, batches, report, &bytes, progress).await;
    // Also of one that broke off: what it wrote until then stays.
    let told =
        trail::told(&options, &writer.summary, bytes.load(Ordering::Relaxed), digest.get(), ended.as_ref().err());
    let recorded = catalog.tell_of_import(options.store, writer.run(), trail::ACTION, told).await;
    ended?;
    recorded?;
    Ok(writer.summary)
}

async fn write_all<W: Write>(
    writer: &mut Writer<'_>,
    mut batches: mpsc::Receiver<Batch>,
    report: &mut Report<W>,
    bytes: &AtomicU64,
    mut progress: impl FnMut(Progress),
) -> Result<(), ImportError> {
    while let Some(batch) = batches.recv().await.ok_or(ImportError::Reader)?.map_err(ImportError::Read)? {
        let rejections = writer.write(batch).await?;
        for rejection in &rejections {
            report.reject(rejection).map_err(ImportError::Report)?;
        }
        let Summary { rows, rejected, .. } = writer.summary;
        progress(Progress { bytes: bytes.load(Ordering::Relaxed), rows, rejected });
    }
    report.flush().map_err(ImportError::Report)
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
        let end = read_all(input, format, mapping.as_ref(), currency, bytes, &sender).map(|()| None);
        // Nobody listens when the import has ended already.
        let _ = sender.blocking_send(end);
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
            if batches.blocking_send(Ok(Some(std::mem::take(&mut batch)))).is_err() {
                return Ok(());
            }
        }
    }
    if !batch.is_empty() {
        // Nobody listens when the import has ended already.
        let _ = batches.blocking_send(Ok(Some(batch)));
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
