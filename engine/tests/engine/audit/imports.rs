//! Imports: a line a batch for what it changed, and one for the file at its end.

use std::io::Cursor;

use engine::catalog::Catalog;
use engine::id::StoreId;
use engine::transfer::{Format, Options, Report, Scope, StockDesk, import};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{actions, lines_of, machine};
use crate::shop::Shop;

fn take(shop: &Shop, text: &str) -> bool {
    let catalog: Catalog = shop.engine.catalog().on_behalf_of(machine());
    let stockroom = shop.engine.stockroom().on_behalf_of(machine());
    let options = Options {
        store: StoreId::MAIN,
        scope: Scope::Products,
        format: Format::JsonLines,
        mapping: None,
        file: Some("lamps.jsonl".to_owned()),
    };
    let input = Cursor::new(text.to_owned());
    let imported = shop.fixture.block_on(async move {
        let desk: &dyn StockDesk = &stockroom;
        let mut report = Report::json_lines(Vec::new());
        import(&catalog, Some(desk), input, options, &mut report, |_| {}).await
    });
    imported.is_ok()
}

#[test]
fn an_import_tells_of_each_batch_of_its_stock_and_of_the_file() {
    let shop = Shop::open();
    let file = r#"{ "product": "lamp", "title": "Lamp", "sku": "LAMP", "price": 9, "brand": "Lumen", "stock": 3 }"#;
    assert!(take(&shop, file));
    let lines = lines_of(&shop.fixture, machine().who);
    assert_eq!(actions(&lines), ["import.products", "stock.set", "import.end"]);
    let run = lines[0].subject_id.clone();
    assert!(run.starts_with("imp_"), "{run}");
    assert!(lines.iter().all(|line| line.subject_kind == "import" && line.subject_id == run), "of one run");
    let created = lines[0].after.as_ref().map(|after| after["created"].clone()).expect("told");
    for kind in ["brand", "product", "variant"] {
        assert_eq!(created[kind].as_array().map(Vec::len), Some(1), "{created}");
    }
    let end = lines[2].after.clone().expect("told");
    let digest: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        (&end["file"], &end["sha256"], &end["broke_off"]),
        (&json!("lamps.jsonl"), &json!(digest), &json!(false))
    );
    assert_eq!((&end["products"], &end["stock"]["set"]), (&json!({ "created": 1, "changed": 0 }), &json!(1)));

    // What changed is shown; what did not leaves nothing but the file.
    assert!(take(&shop, r#"{ "product": "lamp", "title": "Torch", "sku": "LAMP", "price": 9 }"#));
    assert!(take(&shop, r#"{ "product": "lamp", "title": "Torch", "sku": "LAMP", "price": 9 }"#));
    let lines = lines_of(&shop.fixture, machine().who);
    assert_eq!(actions(&lines[3..]), ["import.products", "import.end", "import.end"]);
    let product = created["product"][0].as_str().expect("an id");
    let (was, is) = (lines[3].before.clone().expect("was"), lines[3].after.clone().expect("is"));
    assert_eq!(was["changed"]["product"][product], json!({ "title": "Lamp", "version": 1 }));
    assert_eq!(is["changed"]["product"][product], json!({ "title": "Torch", "version": 2 }));
}

#[test]
fn an_import_that_breaks_off_says_so() {
    let shop = Shop::open();
    let table = "sku,sku\nA,B\n";
    let catalog = shop.engine.catalog().on_behalf_of(machine());
    let options = Options {
        store: StoreId::MAIN,
        scope: Scope::Products,
        format: Format::Csv { delimiter: b',' },
        mapping: None,
        file: None,
    };
    let broken = shop.fixture.block_on(async move {
        let mut report = Report::json_lines(Vec::new());
        import(&catalog, None, Cursor::new(table), options, &mut report, |_| {}).await
    });
    assert!(broken.is_err(), "a column is there twice");
    let lines = lines_of(&shop.fixture, machine().who);
    assert_eq!(actions(&lines), ["import.end"]);
    assert_eq!(lines[0].after.as_ref().map(|after| after["broke_off"].clone()), Some(json!(true)));
}
