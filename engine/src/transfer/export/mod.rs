//! The export: all products of a store, a row for each variant, page by page. What is exported can be imported again.

mod writing;

use std::collections::HashMap;
use std::io::{self, Write};

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};

use crate::catalog::{self, Catalog, ProductDetail, Variant};
use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId, VariantId};

use super::amount;
use super::import::Scope;
use super::row::FIELDS;
use super::source::Format;
use super::stock::{StockDesk, StockLevel};

/// Products read at a time.
const PAGE: i64 = 500;
/// Locations beyond it have no column of their own in a table.
const LOCATIONS_MAX: i64 = 1000;
/// What a row of stock says; at other locations too, as `stock.LOCATION`.
const STOCK_FIELDS: [&str; 3] = ["sku", "stock", "safety"];

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

/// Writes everything that is not archived, with its stock if there is a desk to ask; `progress` is told how much there is so
/// far.
pub async fn export<W: Write>(
    catalog: &Catalog,
    stock: Option<&dyn StockDesk>,
    store: StoreId,
    format: Format,
    mut output: W,
    mut progress: impl FnMut(Exported),
) -> Result<Exported, ExportError> {
    let mut pages = Pages::new(store, Scope::Products, format);
    while let Some(page) = pages.next(catalog, stock).await? {
        output.write_all(&page)?;
        progress(pages.exported);
    }
    output.flush()?;
    Ok(pages.exported)
}

/// An export under way, a page in memory at a time.
pub struct Pages {
    store: StoreId,
    scope: Scope,
    format: Format,
    /// Of a table. None: nothing is written yet.
    columns: Option<Vec<String>>,
    after: Option<ProductId>,
    exported: Exported,
}

impl Pages {
    pub fn new(store: StoreId, scope: Scope, format: Format) -> Self {
        Self { store, scope, format, columns: None, after: None, exported: Exported::default() }
    }

    /// The next part of the file; none after the last.
    pub async fn next(
        &mut self,
        catalog: &Catalog,
        stock: Option<&dyn StockDesk>,
    ) -> Result<Option<Vec<u8>>, ExportError> {
        let mut output = Vec::new();
        let columns = match &self.columns {
            Some(columns) => columns,
            None => {
                let columns = columns(catalog, self.store, self.scope, stock.is_some()).await?;
                writing::write_head(self.format, &columns, &mut output)?;
                self.columns.insert(columns)
            }
        };
        let page = catalog.product_page_after(self.store, self.after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(Some(output).filter(|head| !head.is_empty())) };
        self.after = Some(last.product.id);
        let levels = levels(stock, self.store, &page).await?;
        let mut rows = Vec::new();
        for detail in page.iter().filter(|detail| detail.product.status != catalog::ProductStatus::Archived) {
            self.exported.products += 1;
            match self.scope {
                Scope::Products => {
                    let before = rows.len();
                    rows.extend(detail.for_sale().map(|variant| row(detail, Some(variant), &levels)));
                    if rows.len() == before {
                        rows.push(row(detail, None, &levels));
                    }
                }
                Scope::Stock => rows.extend(detail.for_sale().map(|variant| stock_row(variant, &levels))),
            }
        }
        self.exported.rows += rows.len() as u64;
        writing::write_rows(self.format, columns, &rows, &mut output)?;
        Ok(Some(output))
    }
}

/// In an order that people find things in.
async fn columns(
    catalog: &Catalog,
    store: StoreId,
    scope: Scope,
    with_stock: bool,
) -> Result<Vec<String>, catalog::Error> {
    let fields: &[&str] = match scope {
        Scope::Products => &FIELDS,
        Scope::Stock => &STOCK_FIELDS,
    };
    let mut columns: Vec<String> = fields.iter().map(|&field| field.to_owned()).collect();
    if with_stock {
        let locations = catalog.locations_after(store, None, LOCATIONS_MAX).await?;
        let others = locations.iter().filter(|location| !location.is_default && location.archived_at.is_none());
        columns.extend(others.map(|location| format!("stock.{}", location.code)));
    }
    Ok(columns)
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
    add_stock(&mut row, variant, levels);
    row
}

fn stock_row(variant: &Variant, levels: &Levels) -> Map<String, Value> {
    let mut row = fields([("sku", json!(variant.sku))]);
    add_stock(&mut row, variant, levels);
    row
}

fn add_stock(row: &mut Map<String, Value>, variant: &Variant, levels: &Levels) {
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
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
