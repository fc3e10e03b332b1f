//! Changes of stock from outside a sale: their lines come in the batch that makes them.

use engine::audit::Subject;
use engine::id::{LocationId, PrincipalId, StoreId, VariantId};
use engine::idempotency::Call;
use engine::inventory::{Changed, Command, Error, Refused, StockChange};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{actions, lines_of, machine};
use crate::shop::{Shop, want};

fn change(shop: &Shop, variant: VariantId, command: Command, call: Option<Call>) -> Result<Changed, Error> {
    let stockroom = shop.engine.stockroom().on_behalf_of(machine());
    shop.fixture.block_on(stockroom.change(StockChange { variant, command }, call))
}

fn adjust(delta: i64, received: bool) -> Command {
    let reference = Some("note 7".to_owned());
    Command::Adjust { location: LocationId::MAIN, delta, reason: "found".to_owned(), reference, received }
}

fn count(on_hand: i64) -> Command {
    Command::Set { location: LocationId::MAIN, on_hand, safety: None, count_version: None, reference: None }
}

fn stock(variant: VariantId, changed: &Value) -> Value {
    let mut level = json!({ "variant": variant, "location": LocationId::MAIN });
    for (name, value) in changed.as_object().expect("fields") {
        level[name] = value.clone();
    }
    json!([level])
}

#[test]
fn each_change_shows_the_level_before_and_after_it() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let annex = shop.location("annex");
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed");
    change(&shop, variant, adjust(3, true), None).expect("received");
    change(&shop, variant, adjust(-2, false), None).expect("adjusted");
    change(&shop, variant, count(9), None).expect("counted");
    let transfer = Command::Transfer { from: LocationId::MAIN, to: annex, quantity: 4, reference: None };
    change(&shop, variant, transfer, None).expect("transferred");
    let lines = lines_of(&shop.fixture, machine().who);
    assert_eq!(actions(&lines), ["stock.receive", "stock.adjust", "stock.set", "stock.transfer"]);
    assert!(lines.iter().all(|line| line.subject_kind == "stock" && line.subject_id == variant.to_string()));
    assert_eq!(lines[0].before, Some(json!({ "stock": stock(variant, &json!({ "on_hand": 5, "seq": 2 })) })));
    let after = json!({
        "reason": "found", "reference": "note 7", "stock": stock(variant, &json!({ "on_hand": 8, "seq": 3 }))
    });
    assert_eq!(lines[0].after, Some(after));
    assert_eq!(lines[2].after, Some(json!({ "stock": stock(variant, &json!({ "on_hand": 9, "seq": 5 })) })));
    let places = lines[3].after.as_ref().map(|after| after["stock"].as_array().map(Vec::len));
    assert_eq!(places, Some(Some(2)), "from and to");
    shop.assert_books_balance();
}

#[test]
fn a_change_under_a_key_leaves_its_line_once_and_a_refused_one_none() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let call = || Call {
        store: StoreId::MAIN,
        principal: PrincipalId::from_uuid(Uuid::nil()),
        route: "POST /admin/stock/{sku}/adjust",
        key: "k".to_owned(),
        fingerprint: [1; 32],
    };
    assert!(!change(&shop, variant, adjust(-2, false), Some(call())).expect("made").replayed);
    assert!(change(&shop, variant, adjust(-2, false), Some(call())).expect("remembered").replayed);
    let shop = shop.reopen();
    assert!(change(&shop, variant, adjust(-2, false), Some(call())).expect("read again").replayed);
    let refused = change(&shop, variant, adjust(-9, false), None);
    assert!(matches!(refused, Err(Error::Refused(Refused::Insufficient { .. }))));
    assert_eq!(actions(&lines_of(&shop.fixture, machine().who)), ["stock.adjust"]);
}

#[test]
fn counts_that_share_a_bundle_share_a_line() {
    let shop = Shop::open();
    let variants: Vec<_> = (0..3).map(|n| shop.item(&format!("CUP-{n}"), 1)).collect();
    let sets = variants.iter().map(|variant| StockChange { variant: *variant, command: count(7) }).collect();
    let stockroom = shop.engine.stockroom().on_behalf_of(machine());
    let made = shop.fixture.block_on(stockroom.set_many(sets, Subject::new("import", "imp_1")));
    assert!(made.iter().all(Result::is_ok));
    let lines = lines_of(&shop.fixture, machine().who);
    assert_eq!(actions(&lines), ["stock.set"]);
    assert_eq!((lines[0].subject_kind.as_str(), lines[0].subject_id.as_str()), ("import", "imp_1"));
    let counted = lines[0].after.as_ref().and_then(|after| after["stock"].as_array().cloned()).expect("levels");
    assert!(counted.len() == 3 && counted.iter().all(|level| level["on_hand"] == 7), "{counted:?}");
}
