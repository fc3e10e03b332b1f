//! Imports and exports over PostgreSQL: what goes in, what is rejected and why, and that doing it again does nothing.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Mutex;

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
    fn set(&self, _: StoreId, counts: Vec<StockCount>) -> BoxFuture<'_, Vec<Result<StockSet, String>>> {
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
        let options = Options { store: STORE, scope, format: format.parse().expect("a format"), mapping };
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

#[test]
fn rows_become_products_with_their_variants_and_again_change_nothing() {
    let shop = Shop::new();
    let (summary, report) = shop.import("csv", None, SHIRTS);
    assert_eq!(report, [""; 0]);
    assert_eq!(
        summary,
        Summary { rows: 3, products_created: 2, variants_created: 3, stock_set: 2, ..Summary::default() }
    );
    let shirt = shop.product("shirt");
    assert_eq!(
        shirt.brand.as_ref().map(|brand| (brand.slug.as_str(), brand.name.as_str())),
        Some(("acme-sons", "Acme & Sons"))
    );
    assert_eq!(shirt.categories.last().map(|category| category.path.as_str()), Some("apparel/shirts"));
    assert_eq!(shirt.product.tags, ["summer", "cotton"]);
    let told: Vec<String> = shirt
        .variants
        .iter()
        .map(|variant| {
            let size = &variant.attributes["size"];
            format!("{} {size} {} of {}", variant.sku, variant.price.price_minor, variant.price.mrp_minor)
        })
        .collect();
    assert_eq!(told, ["SHIRT-S S 49900 of 99950", "SHIRT-M M 49900 of 99950"]);
    assert_eq!((shop.stock("SHIRT-M"), shop.stock("LAMP")), (Some(5), None));

    let (summary, report) = shop.import("csv", None, SHIRTS);
    assert_eq!(report, [""; 0]);
    assert_eq!(summary, Summary { rows: 3, unchanged: 3, stock_unchanged: 2, ..Summary::default() });
    assert_eq!(shop.product("shirt"), shirt);
}

#[test]
fn a_row_says_only_what_it_wants_different() {
    let shop = Shop::new();
    shop.import("csv", None, SHIRTS);
    let before = shop.product("shirt");
    let (summary, report) = shop.import("csv", None, "sku,price\nSHIRT-M,399\n");
    assert_eq!(report, [""; 0]);
    assert_eq!(summary, Summary { rows: 1, variants_changed: 1, ..Summary::default() });
    let after = shop.product("shirt");
    assert_eq!((&after.product, &after.variants[0]), (&before.product, &before.variants[0]));
    assert_eq!((after.variants[1].price.price_minor, after.variants[1].price.mrp_minor), (39_900, 99_950));
    assert_eq!(after.variants[1].version, 2);

    // An MRP that only repeated the price goes along with it.
    shop.import("csv", None, "sku,price\nLAMP,1499\n");
    assert_eq!(shop.product("lamp").variants[0].price.mrp_minor, 149_900);

    let row = r#"{ "product": "shirt", "brand": null, "title": "Tee" }"#;
    let (summary, report) = shop.import("jsonl", None, row);
    assert_eq!((report, summary.products_changed), (Vec::<String>::new(), 1));
    let after = shop.product("shirt");
    assert_eq!((after.product.title.as_str(), after.brand), ("Tee", None));
}

#[test]
fn a_bad_row_is_reported_and_its_neighbours_are_written() {
    let shop = Shop::new();
    let rows = r#"{ "product": "a", "title": "A", "sku": "A", "price": "1", "status": "active" }
not JSON
{ "product": "b", "title": "", "sku": "B B", "price": "-1", "tax_class": "none", "weight_grams": -1 }
{ "product": "c", "title": "C", "sku": "C", "price": "1,50" }
{ "product": "d", "title": "D", "sku": "D", "price": 1, "colour": "red" }
{ "product": "e", "title": "E", "sku": "A", "price": 1 }
{ "product": "f", "title": "F", "status": "active" }
{ "product": "g", "title": "G", "sku": "G" }
{ "product": "h", "title": "H", "sku": "H", "price": 1, "stock": -3, "status": "active" }
{ "product": "i", "title": "I", "sku": "", "price": 1, "brand": "日本" }
{ "product": "j", "title": "J", "sku": "J", "price": 2, "status": "active" }
{ "product": "a", "sku": "J", "price": 2 }"#;
    let (summary, report) = shop.import("jsonl", None, rows);
    assert_eq!(
        report,
        [
            "2  unreadable",
            "3 title required",
            "3 tax_class unknown",
            "3 weight_grams out_of_range",
            "3 price out_of_range",
            "4 price unreadable",
            "5 colour unreadable",
            "6 sku taken",
            "7 status no_variants",
            "8 price required",
            "9 stock stock_refused",
            "10 brand invalid",
            "12 sku taken",
        ]
    );
    assert_eq!((summary.rows, summary.rejected, summary.products_created, summary.variants_created), (12, 10, 3, 3));
    for slug in ["a", "h", "j"] {
        shop.product(slug);
    }
    let all = shop.fixture.block_on(shop.catalog.product_page_after(STORE, None, 100)).expect("a page");
    assert_eq!(all.len(), 3, "nothing of a rejected row is written");
}

#[test]
fn text_that_the_database_does_not_take_rejects_its_row_alone() {
    let shop = Shop::new();
    let fields =
        ["product", "title", "description", "brand", "category", "sku", "barcode", "tags", "media", "tax_class"];
    let mut rows = vec![r#"{ "title": "First", "sku": "FIRST", "price": 1, "status": "active" }"#.to_owned()];
    for field in fields {
        rows.push(format!(
            r#"{{ "product": "x-{field}", "title": "X", "sku": "X-{field}", "price": 1, "{field}": "a\u0000b" }}"#
        ));
    }
    for part in
        [r#""specs": { "a": "\u0000" }"#, r#""attributes": { "a": "\u0000" }"#, r#""attributes": { "\u0000": 1 }"#]
    {
        rows.push(format!(r#"{{ "product": "y", "title": "Y", "sku": "Y", "price": 1, {part} }}"#));
    }
    rows.push(r#"{ "title": "Stock", "sku": "STOCK", "price": 1, "stock": 99999999999999999999 }"#.to_owned());
    rows.push(r#"{ "title": "Last", "sku": "LAST", "price": 1, "status": "active" }"#.to_owned());
    let (summary, report) = shop.import("jsonl", None, &rows.join("\n"));
    shop.product("first");
    shop.product("last");
    // A key is only what a slug is made of, and so are the names of brand and category.
    let taken = ["product", "brand", "category"];
    let rejected: Vec<u64> =
        (2..).zip(fields).filter(|(_, field)| !taken.contains(field)).map(|(line, _)| line).collect();
    let told: Vec<u64> =
        report.iter().map(|line| line.split(' ').next().expect("a line").parse().expect("a number")).collect();
    let mut lines = told.clone();
    lines.dedup();
    assert!(rejected.iter().all(|line| lines.contains(line)), "{report:?}");
    assert_eq!(summary.rejected as usize, lines.len(), "{report:?}");
}

#[test]
fn rows_of_rejected_products_leave_no_brands_and_categories_behind() {
    let shop = Shop::new();
    let rows = r#"{ "title": "A", "sku": "A", "brand": "Ghost", "category": "Nowhere > At all" }
{ "title": "B", "sku": "B", "price": 1, "brand": "Real", "category": "Somewhere" }"#;
    let (summary, report) = shop.import("jsonl", None, rows);
    assert_eq!((report, summary.products_created), (vec!["1 price required".to_owned()], 1));
    let brands = shop.fixture.block_on(shop.catalog.live_brands(STORE)).expect("brands");
    assert_eq!(brands.iter().map(|brand| brand.slug.as_str()).collect::<Vec<_>>(), ["real"]);
    let tree = shop.fixture.block_on(shop.catalog.category_tree(STORE)).expect("a tree");
    assert_eq!(tree.iter().map(|node| node.category.slug.as_str()).collect::<Vec<_>>(), ["somewhere"]);
}

#[test]
fn one_name_in_two_places_of_the_tree_is_two_categories() {
    let shop = Shop::new();
    let rows = r#"{ "product": "a", "title": "A", "sku": "A", "price": 1, "status": "active", "category": ["Tops", "Bodysuits"] }
{ "product": "b", "title": "B", "sku": "B", "price": 1, "status": "active", "category": ["Lingerie", "Bodysuits"] }
{ "product": "c", "title": "C", "sku": "C", "price": 1, "status": "active", "category": "bodysuits" }"#;
    for _ in 0..2 {
        shop.import("jsonl", None, rows);
        let path = |slug: &str| shop.product(slug).categories.last().map(|category| category.path.clone());
        assert_eq!(path("a").as_deref(), Some("tops/bodysuits"));
        assert_eq!(path("b").as_deref(), Some("lingerie/lingerie-bodysuits"));
        assert_eq!(path("c").as_deref(), Some("tops/bodysuits"), "a slug is a slug");
    }
}

#[test]
fn duplicate_titles_without_keys_are_different_products() {
    let shop = Shop::new();
    let rows = r#"{ "title": "Printer", "sku": "P-1", "price": 1, "status": "active" }
{ "title": "Printer", "sku": "P-2", "price": 1, "status": "active" }"#;
    let (first, _) = shop.import("jsonl", None, rows);
    assert_eq!(first.products_created, 2);
    assert_eq!(shop.product("printer").variants[0].sku.as_str(), "P-1");
    assert_eq!(shop.product("printer-p-2").variants[0].sku.as_str(), "P-2");
    let (again, _) = shop.import("jsonl", None, rows);
    assert_eq!(again, Summary { rows: 2, unchanged: 2, ..Summary::default() });
}

#[test]
fn table_cells_are_read_as_the_category_defines_them() {
    let shop = Shop::new();
    let definitions = r#"[{ "key": "inches", "label": "Screen", "type": "number" }, { "key": "touch", "label": "Touch", "type": "boolean" }]"#;
    let draft = CategoryDraft {
        name: "Laptops".to_owned(),
        attributes: serde_json::from_str(definitions).expect("definitions"),
        ..CategoryDraft::default()
    };
    shop.fixture.block_on(shop.catalog.create_category(STORE, draft)).expect("a category");
    let rows = "title,sku,price,category,status,attributes.inches,attributes.touch\n\
                One,L1,1,laptops,active,15.6,yes\n\
                Two,L2,1,laptops,active,wide,no\n";
    let (_, report) = shop.import("csv", None, rows);
    assert_eq!(report, ["3 attributes.inches wrong_type"]);
    let attributes = serde_json::to_string(&shop.product("one").variants[0].attributes).expect("JSON");
    assert_eq!(attributes, r#"{"inches":15.6,"touch":true}"#);
}

#[test]
fn another_systems_records_come_in_through_a_mapping() {
    let shop = Shop::new();
    let mapping = std::fs::read_to_string("../config/mappings/shopify-like.toml").expect("it is in the repository");
    let record = r#"{ "handle": "tee", "title": "Tee", "body_html": "<p>Soft &amp; warm</p><script>x()</script>",
        "vendor": "Acme", "product_type": "Shirts", "tags": "a, b", "images": [{ "src": "https://img.example/1.jpg" }],
        "status": "active", "variants": [
          { "sku": "TEE-S", "price": "9.99", "compare_at_price": "19.99", "grams": 150, "option1": "S", "option2": "red",
            "position": 1, "inventory_quantity": 3 },
          { "sku": "TEE-M", "price": "9.99", "compare_at_price": null, "grams": 160, "option1": "M", "option2": "",
            "position": 2, "inventory_quantity": 0 }] }"#
        .replace('\n', " ");
    for _ in 0..2 {
        let (summary, report) = shop.import("jsonl", Some(&mapping), &record);
        assert_eq!((report, summary.rows), (Vec::<String>::new(), 2));
    }
    let tee = shop.product("tee");
    assert_eq!(tee.product.description, "Soft & warm");
    assert_eq!(tee.product.media[0].url, "https://img.example/1.jpg");
    assert_eq!(tee.variants.len(), 2);
    assert_eq!((tee.variants[0].price.mrp_minor, tee.variants[1].price.mrp_minor), (1999, 999));
    assert_eq!(tee.variants[1].attributes.keys().collect::<Vec<_>>(), ["size"]);
    assert_eq!((shop.stock("TEE-S"), shop.stock("TEE-M")), (Some(3), Some(0)));
}

#[test]
fn the_mappings_that_come_with_the_shop_are_mappings() {
    let mut read = 0;
    for entry in std::fs::read_dir("../config/mappings").expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("text");
        Mapping::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        read += 1;
    }
    assert!(read >= 3);
}

#[test]
fn what_is_exported_can_be_imported_again() {
    for format in ["csv", "jsonl"] {
        let shop = Shop::new();
        shop.import("csv", None, SHIRTS);
        let row = r#"{ "product": "formula", "title": "=1+1", "description": "-5 degrees\n\"quoted\", and more",
            "sku": "+F", "price": "0.07", "sale_price": "0.05", "sale_starts_at": "2026-01-02T03:04:05.678Z", "barcode": "@1",
            "specs": { "a": { "b": [1, 2.5] }, "=x": true }, "tags": ["a|b", "[c"], "category": ["Food > Drink", "Tea"], "media": [{ "url": "https://x/1", "alt": "front" }],
            "purchase_limit": 2, "purchase_limit_window_s": 60, "hold_ttl_s": 5, "on_sale_from": "2026-01-01", "stock": 4,
            "status": "active", "availability": "exact", "tax_class": "zero", "weight_grams": 7 }"#;
        let (_, report) = shop.import("jsonl", None, &row.replace('\n', " "));
        assert_eq!(report, [""; 0]);
        let before: Vec<ProductDetail> =
            shop.fixture.block_on(shop.catalog.product_page_after(STORE, None, 10)).expect("a page");
        let (exported, text) = shop.export(format);
        assert_eq!((exported.products, exported.rows), (3, 4));
        if format == "csv" {
            for line in text.lines().filter(|line| !line.is_empty()) {
                for cell in line.split(',') {
                    assert!(!cell.trim_matches('"').starts_with(['=', '+', '@']), "a formula: {cell}");
                }
            }
        }
        let (summary, report) = shop.import(format, None, &text);
        assert_eq!(report, [""; 0]);
        assert_eq!((summary.rows, summary.unchanged, summary.stock_unchanged), (4, 4, 3));
        let after = shop.fixture.block_on(shop.catalog.product_page_after(STORE, None, 10)).expect("a page");
        assert_eq!(after, before);

        // Into an empty shop it makes the same products.
        let empty = Shop::new();
        let (summary, report) = empty.import(format, None, &text);
        assert_eq!((report, summary.products_created, summary.variants_created), (Vec::new(), 3, 4));
        assert_eq!(empty.export(format).1.lines().count(), text.lines().count());
    }
}

#[test]
fn an_import_meets_what_admins_made_meanwhile() {
    let shop = Shop::new();
    let draft = engine::catalog::ProductDraft {
        title: "Lamp".to_owned(),
        status: ProductStatus::Active,
        variants: vec![VariantDraft::new("LAMP", Money::new(100, Currency::INR))],
        ..engine::catalog::ProductDraft::default()
    };
    let (product, _) = shop.fixture.block_on(shop.catalog.create_product(STORE, draft)).expect("a product");
    shop.fixture.block_on(shop.catalog.archive_product(STORE, product.id, 1)).expect("it was active");
    let (summary, report) = shop.import("csv", None, "sku,title,status\nLAMP,Torch,active\n");
    assert_eq!((report, summary.rejected), (vec!["2 status invalid_state".to_owned()], 1));
    let (summary, report) = shop.import("csv", None, "sku,title\nLAMP,Torch\n");
    assert_eq!((report, summary.products_changed), (Vec::new(), 1));
    let lamp = Sku::parse("LAMP").expect("a SKU");
    let offer =
        shop.fixture.block_on(shop.catalog.offers().get_one(STORE, &lamp)).expect("an answer").expect("an offer");
    assert_eq!((offer.title.as_str(), offer.sellable), ("Torch", false));
}

#[test]
fn a_thousand_rows_are_a_few_transactions() {
    let shop = Shop::new();
    let rows: Vec<String> = (0..1200)
        .map(|n| {
            format!(
                r#"{{ "title": "Lamp {n}", "sku": "L{n}", "price": {n}, "brand": "B{}", "status": "active" }}"#,
                n % 7
            )
        })
        .collect();
    let (summary, report) = shop.import("jsonl", None, &rows.join("\n"));
    assert_eq!((report, summary.products_created), (Vec::new(), 1200));
    shop.fixture.own.sql("do $$ begin assert (select count(*) from outbox) = 3; end $$");
    shop.fixture.own.sql("do $$ begin assert (select count(*) from brands) = 7; end $$");
}

#[test]
fn an_import_whose_reading_breaks_is_not_taken_for_whole() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("a mistake of the tests")
        }
    }
    let shop = Shop::new();
    let input = Cursor::new("{\"sku\":\"A\",\"title\":\"A\",\"price\":\"5\"}\n").chain(Broken);
    let options = Options { store: STORE, scope: Scope::Products, format: Format::JsonLines, mapping: None };
    let imported = shop.fixture.block_on(async {
        let mut report = Report::json_lines(Vec::new());
        import(&shop.catalog, None, input, options, &mut report, |_| {}).await
    });
    assert!(matches!(imported, Err(ImportError::Reader)), "{imported:?}");
}
