//! What a row makes, changes, or is rejected for.

use engine::catalog::{Bulk, BulkChange, BulkOutcome, BulkRow, ProductPatch, VariantPatch};

use super::*;

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
fn what_somebody_else_made_meanwhile_is_not_in_the_way() {
    let shop = Shop::new();
    let row = |sku: &str, brand: Option<&str>| BulkRow {
        key: Some(sku.to_lowercase()),
        product: ProductPatch { title: Some("Lamp".to_owned()), ..ProductPatch::default() },
        brand: brand.map(|brand| Some(brand.to_owned())),
        sku: Some(sku.to_owned()),
        variant: VariantPatch { price: Some(Money::new(100, Currency::INR)), ..VariantPatch::default() },
        ..BulkRow::default()
    };
    let (mut one, mut other) = (Bulk::new(shop.catalog.clone(), STORE), Bulk::new(shop.catalog.clone(), STORE));
    let outcomes = shop.fixture.block_on(async {
        // The first knows from now on which brands there are.
        let mut outcomes = one.write(vec![row("A", None)]).await.expect("written");
        outcomes.extend(other.write(vec![row("B", Some("Acme"))]).await.expect("written"));
        outcomes.extend(one.write(vec![row("C", Some("Acme"))]).await.expect("written"));
        outcomes
    });
    let created = |outcome: &BulkOutcome| {
        matches!(outcome, BulkOutcome::Accepted { variant: Some((_, BulkChange::Created)), .. })
    };
    assert!(outcomes.len() == 3 && outcomes.iter().all(created), "{outcomes:?}");
    shop.fixture.own.sql("do $$ begin assert (select count(*) from brands) = 1; end $$");
}
