//! The export: all products of a store, a row for each variant, page by page. What is exported can be imported again.

use std::collections::HashMap;
use std::io::{self, Write};

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::catalog::{self, Catalog, ProductDetail, Variant};
use crate::clock::Timestamp;
use crate::id::{StoreId, VariantId};

use super::amount;
use super::row::FIELDS;
use super::source::{Format, guarded};
use super::stock::{StockDesk, StockLevel};

/// Products read at a time.
const PAGE: i64 = 500;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    pub products: u64,
    pub rows: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("the file could not be written: {0}")]
    Write(#[from] io::Error),
    #[error("the stock could not be read: {0}")]
    Stock(String),
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
}

/// Writes everything that is not archived, with its stock at the default location (at the others too, in JSON Lines) if
/// there is a desk to ask; `progress` is told how much there is so far.
pub async fn export<W: Write>(
    catalog: &Catalog,
    stock: Option<&dyn StockDesk>,
    store: StoreId,
    format: Format,
    output: W,
    mut progress: impl FnMut(Exported),
) -> Result<Exported, ExportError> {
    let mut writer = RowWriter::new(format, output)?;
    let (mut exported, mut after) = (Exported::default(), None);
    loop {
        let page = catalog.product_page_after(store, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.product.id);
        let levels = levels(stock, store, &page).await?;
        for detail in &page {
            if detail.product.status == catalog::ProductStatus::Archived {
                continue;
            }
            exported.products += 1;
            let mut rows = detail.for_sale().map(|variant| row(detail, Some(variant), &levels)).peekable();
            if rows.peek().is_none() {
                writer.write(&row(detail, None, &levels))?;
                exported.rows += 1;
            }
            for row in rows {
                writer.write(&row)?;
                exported.rows += 1;
            }
        }
        progress(exported);
    }
    writer.finish()?;
    Ok(exported)
}

type Levels = HashMap<VariantId, Vec<StockLevel>>;

async fn levels(stock: Option<&dyn StockDesk>, store: StoreId, page: &[ProductDetail]) -> Result<Levels, ExportError> {
    let mut levels = Levels::new();
    if let Some(desk) = stock {
        let variants = page.iter().flat_map(|detail| detail.for_sale().map(|variant| variant.id)).collect();
        for level in desk.levels(store, variants).await.map_err(ExportError::Stock)? {
            levels.entry(level.variant).or_default().push(level);
        }
    }
    Ok(levels)
}

fn row(detail: &ProductDetail, variant: Option<&Variant>, levels: &Levels) -> Map<String, Value> {
    let product = &detail.product;
    let category: Vec<&str> = detail.categories.iter().map(|category| category.name.as_str()).collect();
    let mut row = fields([
        ("product", json!(product.slug)),
        ("title", json!(product.title)),
        ("description", json!(product.description)),
        ("brand", json!(detail.brand.as_ref().map(|brand| brand.slug.as_str()))),
        ("category", if category.is_empty() { Value::Null } else { json!(category) }),
        ("specs", json!(product.specs)),
        ("media", json!(product.media)),
        ("tags", json!(product.tags)),
        ("status", json!(product.status.as_str())),
        ("availability", json!(product.availability.as_str())),
    ]);
    let Some(variant) = variant else { return row };
    let price = &variant.price;
    let money = |minor: i64| json!(amount::write(minor, price.currency));
    let time = |time: Option<Timestamp>| json!(time.map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true)));
    row.append(&mut fields([
        ("sku", json!(variant.sku)),
        ("attributes", json!(variant.attributes)),
        ("barcode", json!(variant.barcode)),
        ("currency", json!(price.currency)),
        ("price", money(price.price_minor)),
        ("mrp", money(price.mrp_minor)),
        ("sale_price", price.sale.map_or(Value::Null, |sale| money(sale.price_minor))),
        ("sale_starts_at", time(price.sale.and_then(|sale| sale.starts_at))),
        ("sale_ends_at", time(price.sale.and_then(|sale| sale.ends_at))),
        ("tax_class", json!(variant.tax_class)),
        ("weight_grams", json!(variant.weight_grams)),
        ("on_sale_from", time(variant.on_sale_from)),
        ("purchase_limit", json!(variant.purchase_limit.map(|limit| limit.max))),
        ("purchase_limit_window_s", json!(variant.purchase_limit.and_then(|limit| limit.window_s))),
        ("hold_ttl_s", json!(variant.hold_ttl_s)),
        ("position", json!(variant.position)),
    ]));
    for level in levels.get(&variant.id).into_iter().flatten() {
        match &level.location {
            None => {
                row.insert("stock".to_owned(), json!(level.on_hand));
                row.insert("safety".to_owned(), json!(level.safety));
            }
            Some(code) => {
                row.insert(format!("stock.{code}"), json!(level.on_hand));
            }
        }
    }
    row
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

enum RowWriter<W: Write> {
    JsonLines(W),
    Csv(Box<csv::Writer<W>>),
}

impl<W: Write> RowWriter<W> {
    fn new(format: Format, output: W) -> io::Result<Self> {
        match format {
            Format::JsonLines => Ok(Self::JsonLines(output)),
            Format::Csv { delimiter } => {
                let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(output);
                writer.write_record(FIELDS)?;
                Ok(Self::Csv(Box::new(writer)))
            }
        }
    }

    fn write(&mut self, row: &Map<String, Value>) -> io::Result<()> {
        match self {
            Self::JsonLines(output) => {
                serde_json::to_writer(&mut *output, row)?;
                output.write_all(b"\n")
            }
            Self::Csv(writer) => {
                writer.write_record(FIELDS.iter().map(|field| cell(field, row.get(*field))))?;
                Ok(())
            }
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::JsonLines(mut output) => output.flush(),
            Self::Csv(mut writer) => writer.flush(),
        }
    }
}

fn cell(field: &str, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => guarded(text),
        Some(Value::Array(list)) if field == "category" || field == "tags" => {
            let separator = if field == "category" { '>' } else { '|' };
            let parts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
            if parts.iter().any(|part| part.contains(separator) || part.starts_with('[')) {
                return json!(parts).to_string();
            }
            guarded(&parts.join(if field == "category" { " > " } else { "|" }))
        }
        Some(Value::Object(object)) if object.is_empty() => String::new(),
        // JSON begins with a brace, a bracket, a digit or a letter, or is a negative number: no formula, no guard.
        Some(other) => other.to_string(),
    }
}
