//! Whole files: mappings, exports that come back, many rows, and reading that breaks.

use super::*;

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
    let options =
        Options { store: STORE, scope: Scope::Products, format: Format::JsonLines, mapping: None, file: None };
    let imported = shop.fixture.block_on(async {
        let mut report = Report::json_lines(Vec::new());
        import(&shop.catalog, None, input, options, &mut report, |_| {}).await
    });
    assert!(matches!(imported, Err(ImportError::Reader)), "{imported:?}");
}
