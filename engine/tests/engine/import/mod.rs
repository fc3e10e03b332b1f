//! Imports and exports over PostgreSQL: what goes in, what is rejected and why, and that doing it again does nothing.

mod files;
mod rows;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Mutex;

use engine::audit::Subject;
use engine::catalog::{Catalog, CategoryDraft, ProductDetail, ProductStatus, Sku, Slug, VariantDraft};
use engine::id::{StoreId, VariantId};
use engine::money::{Currency, Money};
use engine::transfer::{
    Exported, Format, ImportError, Mapping, Options, Report, Scope, StockCount, StockDesk, StockLevel, StockSet,
    Summary, export, import,
};
use futures_util::future::BoxFuture;

use crate::fixture::Fixture;

const STORE: StoreId = StoreId::MAIN;

struct Shop {
    catalog: Catalog,
    fixture: Fixture,
    shelf: Shelf,
}

/// Stock that lives in memory: what the journal does with counts is not this test's business.
#[derive(Default)]
struct Shelf {
    levels: Mutex<BTreeMap<(VariantId, String), i64>>,
}

impl StockDesk for Shelf {
    fn set(&self, _: StoreId, _: Subject, counts: Vec<StockCount>) -> BoxFuture<'_, Vec<Result<StockSet, String>>> {
        Box::pin(async move {
            let mut levels = self.levels.lock().expect("no panic");
            let set = |count: StockCount| {
                if count.on_hand < 0 {
                    return Err("a count is not negative".to_owned());
                }
                let place = (count.variant, count.location.unwrap_or_default());
                let before = levels.insert(place, count.on_hand);
                Ok(if before == Some(count.on_hand) { StockSet::Unchanged } else { StockSet::Set })
            };
            counts.into_iter().map(set).collect()
        })
    }

    fn levels(&self, _: StoreId, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Vec<StockLevel>, String>> {
        Box::pin(async move {
            let levels = self.levels.lock().expect("no panic");
            let known = levels.iter().filter(|((variant, _), _)| variants.contains(variant));
            let level = |((variant, location), on_hand): (&(VariantId, String), &i64)| StockLevel {
                variant: *variant,
                location: Some(location.clone()).filter(|location| !location.is_empty()),
                on_hand: *on_hand,
                reserved: 0,
                safety: 0,
            };
            Ok(known.map(level).collect())
        })
    }
}

impl Shop {
    fn new() -> Self {
        let fixture = Fixture::new();
        let catalog = Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone());
        Self { catalog, fixture, shelf: Shelf::default() }
    }

    /// The summary, and the report as `line field code`.
    fn import(&self, format: &str, mapping: Option<&str>, text: &str) -> (Summary, Vec<String>) {
        let mapping = mapping.map(|mapping| Mapping::parse(mapping).expect("a mapping"));
        let scope = Scope::Products;
        let options = Options { store: STORE, scope, format: format.parse().expect("a format"), mapping, file: None };
        let mut report = Vec::new();
        let input = Cursor::new(text.to_owned());
        let summary = self.fixture.block_on(async {
            let mut report = Report::json_lines(&mut report);
            import(&self.catalog, Some(&self.shelf), input, options, &mut report, |_| {}).await
        });
        let report = String::from_utf8(report).expect("UTF-8");
        let told = |line: &str| {
            let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = |name: &str| row[name].as_str().unwrap_or("").to_owned();
            format!("{} {} {}", row["line"], text("field"), text("code"))
        };
        (summary.expect("readable to its end"), report.lines().map(told).collect())
    }

    fn export(&self, format: &str) -> (Exported, String) {
        let format: Format = format.parse().expect("a format");
        let mut output = Vec::new();
        let exported = export(&self.catalog, Some(&self.shelf), STORE, format, &mut output, |_| {});
        let exported = self.fixture.block_on(exported).expect("written");
        (exported, String::from_utf8(output).expect("UTF-8"))
    }

    fn product(&self, slug: &str) -> ProductDetail {
        let slug = Slug::parse(slug).expect("a slug");
        self.fixture.block_on(self.catalog.product_detail(STORE, &slug)).expect("an active product")
    }

    fn stock(&self, sku: &str) -> Option<i64> {
        let sku = Sku::parse(sku).expect("a SKU");
        let variant = self.fixture.block_on(self.catalog.variant_by_sku(STORE, &sku)).expect("a variant");
        self.shelf.levels.lock().expect("no panic").get(&(variant.id, String::new())).copied()
    }
}

const SHIRTS: &str = "\
product,title,brand,category,status,sku,attributes.size,price,mrp,tags,stock
shirt,T-Shirt,Acme & Sons,Apparel > Shirts,active,SHIRT-S,S,499,999.50,summer|cotton,10
shirt,,,,,SHIRT-M,M,499,999.50,,5
lamp,\"Lamp, tall\",Lumen,Home > Lamps,active,LAMP,,1299,,,
";
