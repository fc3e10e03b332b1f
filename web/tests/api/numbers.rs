//! Every reply about stock says which account it is about, and the number of the change that it is, or that it was true at.

use hyper::Method;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp, purchase};
use crate::client::Answer;

/// The location that everything is sold from.
const MAIN: &str = "loc_00000000000070008000000000000002";

async fn shop() -> (TestApp, String) {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    app.receive("TEE-M", 10).await;
    app.receive("TEE-L", 10).await;
    let guest = app.guest().await;
    (app, guest)
}

async fn checkout(app: &TestApp, guest: &str, key: &str, items: &[(&str, i64)], method: &str) -> Answer {
    let mut body = purchase(items, 0);
    let quote = app.quote(guest, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    body["payment_method"] = json!(method);
    app.checkout(guest, key, &body).await
}

async fn turn(app: &TestApp, order: &Value, verb: &str, key: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/admin/orders/{}/{verb}", order["order_no"].as_str().expect("a number"));
    app.admin_post(&path, body).header("if-match", "*").header("idempotency-key", key).send().await
}

async fn change(app: &TestApp, verb: &str, key: &str, body: &Value) -> Answer {
    app.admin_post(&format!("/api/v1/admin/stock/TEE-M/{verb}"), body).header("idempotency-key", key).send().await
}

/// SKU, kind, what it did to on hand and reserved, seq: one line each.
fn moves(answer: &Value) -> Vec<String> {
    let moves = answer["stock"].as_array().map(Vec::as_slice).unwrap_or_default();
    let words = |moved: &Value| {
        assert_eq!(moved["location_id"], MAIN, "{moved}");
        let (sku, kind) = (moved["sku"].as_str().expect("a SKU"), moved["kind"].as_str().expect("a kind"));
        format!("{sku} {kind} {} {} #{}", moved["on_hand_delta"], moved["reserved_delta"], moved["seq"])
    };
    let mut words: Vec<String> = moves.iter().map(words).collect();
    words.sort();
    words
}

#[actix_web::test]
async fn an_order_says_what_it_was_promised_and_a_repeat_says_the_same() {
    let (app, guest) = shop().await;
    let items = [("TEE-M", 2), ("TEE-L", 1), ("TEE-M", 1)];
    let placed = checkout(&app, &guest, "one", &items, "manual").await.expect(201);
    let lines = |answer: &Value| -> Vec<Value> {
        let lines = answer["lines"].as_array().expect("lines").iter();
        lines.map(|line| json!([line["sku"], line["location_id"], line["seq"]])).collect()
    };
    // Two lines of one SKU are one change of its stock.
    let expected = [json!(["TEE-M", MAIN, 2]), json!(["TEE-L", MAIN, 2]), json!(["TEE-M", MAIN, 2])];
    assert_eq!(lines(&placed), expected);
    assert_eq!(checkout(&app, &guest, "one", &items, "manual").await.expect(201), placed);
    let order_no = placed["order_no"].as_str().expect("a number");
    assert_eq!(lines(&app.order(&guest, order_no).await.expect(200)), expected);
}

#[actix_web::test]
async fn a_refusal_says_what_it_rests_on() {
    let (app, guest) = shop().await;
    checkout(&app, &guest, "one", &[("TEE-M", 9)], "manual").await.expect(201);
    let refused = checkout(&app, &guest, "two", &[("TEE-M", 2), ("TEE-L", 11)], "manual").await;
    let refused = refused.problem(409, "out_of_stock");
    let mut items = refused["items"].as_array().expect("items").clone();
    items.sort_by_key(|item| item["sku"].to_string());
    let expected = [
        json!({ "sku": "TEE-L", "location_id": MAIN, "requested": 11, "seq": 1 }),
        json!({ "sku": "TEE-M", "location_id": MAIN, "requested": 2, "seq": 2 }),
    ];
    assert_eq!(items, expected);

    for (verb, body, status, code) in [
        ("adjust", json!({ "delta": -2, "reason": "broken" }), 409, "out_of_stock"),
        ("set", json!({ "on_hand": 8, "count_version": 0 }), 422, "validation_failed"),
        ("set", json!({ "on_hand": 8, "count_version": 3 }), 409, "version_conflict"),
    ] {
        let refused = change(&app, verb, &body.to_string().replace(['"', ' '], ""), &body).await.problem(status, code);
        assert_eq!((&refused["sku"], &refused["location_id"]), (&json!("TEE-M"), &json!(MAIN)), "{refused}");
        assert_eq!(refused["seq"], 2, "{refused}");
    }
}

#[actix_web::test]
async fn a_buyer_who_has_enough_is_told_as_of_when() {
    let app = TestApp::start();
    let variant = json!({ "sku": "DROP", "price": crate::app::inr(100), "purchase_limit": { "max": 2 } });
    let body = json!({ "title": "Drop", "status": "active", "variants": [variant] });
    app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
    app.receive("DROP", 5).await;
    let guest = app.guest().await;
    checkout(&app, &guest, "one", &[("DROP", 2)], "manual").await.expect(201);
    let refused = checkout(&app, &guest, "two", &[("DROP", 1)], "manual").await.problem(409, "purchase_limit_reached");
    assert_eq!((&refused["location_id"], &refused["seq"], &refused["requested"]), (&json!(MAIN), &json!(2), &json!(1)));
}

#[actix_web::test]
async fn an_order_that_moves_says_what_that_did_to_the_stock() {
    let (app, guest) = shop().await;
    let one = checkout(&app, &guest, "one", &[("TEE-M", 2), ("TEE-L", 1)], "manual").await.expect(201);
    let two = checkout(&app, &guest, "two", &[("TEE-M", 3)], "cash_on_delivery").await.expect(201);
    assert_eq!(two["lines"][0]["seq"], 3);

    let extended = turn(&app, &one, "extend", "a", &json!({ "hold_ttl_s": 3600 })).await.expect(200);
    assert_eq!(moves(&extended), ["TEE-L extend 0 0 #3", "TEE-M extend 0 0 #4"]);
    let confirmed = turn(&app, &one, "confirm", "b", &json!({})).await.expect(200);
    assert_eq!(moves(&confirmed), ["TEE-L confirm -1 -1 #4", "TEE-M confirm -2 -2 #5"]);
    let packed = turn(&app, &one, "pack", "c", &json!({})).await.expect(200);
    assert!(moves(&packed).is_empty(), "{packed}");
    // Sold, and back on the shelf.
    let returned = turn(&app, &two, "cancel", "d", &json!({})).await.expect(200);
    assert_eq!(moves(&returned), ["TEE-M return 3 0 #6"]);

    // A repeat with the key of then is told what was done then, whatever happened since.
    for (order, verb, key, body, told) in [
        (&one, "extend", "a", json!({ "hold_ttl_s": 3600 }), &extended),
        (&one, "confirm", "b", json!({}), &confirmed),
        (&two, "cancel", "d", json!({}), &returned),
    ] {
        let again = turn(&app, order, verb, key, &body).await;
        assert_eq!(moves(&again.expect(200)), moves(told), "{verb}");
        assert_eq!(again.header("idempotent-replayed"), "true", "{verb}");
    }
    // Without one, nothing was done now.
    let path = format!("/api/v1/admin/orders/{}/cancel", two["order_no"].as_str().expect("a number"));
    let again = app.admin_post(&path, &json!({})).header("if-match", "*").send().await.expect(200);
    assert!(moves(&again).is_empty(), "{again}");
}

#[actix_web::test]
async fn a_buyer_who_cancels_is_told_too() {
    let (app, guest) = shop().await;
    let order = checkout(&app, &guest, "one", &[("TEE-M", 2)], "manual").await.expect(201);
    let path = format!("/api/v1/orders/{}/cancel", order["order_no"].as_str().expect("a number"));
    let cancel = || app.client.post(&path).bearer(&guest).header("idempotency-key", "x").send();
    let cancelled = cancel().await.expect(200);
    assert_eq!(moves(&cancelled), ["TEE-M release 0 -2 #3"]);
    assert_eq!(cancel().await.expect(200), cancelled);
}

#[actix_web::test]
async fn a_change_of_stock_says_what_it_is_and_a_repeat_says_the_same() {
    let (app, _) = shop().await;
    let annex = json!({ "code": "annex", "name": "Annex" });
    let annex = app.admin_post("/api/v1/admin/locations", &annex).send().await.expect(201)["id"].clone();
    let at = |location: &Value, seq: i64| json!({ "location_id": location, "seq": seq });
    let (main, transfer) = (json!(MAIN), json!({ "from": "main", "to": "annex", "quantity": 4 }));
    for (key, verb, body, changes) in [
        ("a", "receive", json!({ "quantity": 5 }), json!([at(&main, 2)])),
        ("b", "adjust", json!({ "delta": -1, "reason": "broken" }), json!([at(&main, 3)])),
        ("c", "transfer", transfer.clone(), json!([at(&main, 4), at(&annex, 1)])),
        ("d", "set", json!({ "on_hand": 9, "count_version": 0 }), json!([at(&main, 5)])),
        // Repeated: the numbers of then, the levels of now.
        ("a", "receive", json!({ "quantity": 5 }), json!([at(&main, 2)])),
        ("c", "transfer", transfer, json!([at(&main, 4), at(&annex, 1)])),
    ] {
        let answer = change(&app, verb, key, &body).await.expect(200);
        assert_eq!(answer["changes"], changes, "{verb}");
    }
    let stock = app.admin_get("/api/v1/admin/stock/TEE-M").send().await.expect(200);
    assert_eq!(stock["changes"], Value::Null);
    let level = |at: usize| {
        let level = &stock["locations"][at];
        (level["location_id"].clone(), level["on_hand"].as_i64(), level["seq"].as_i64())
    };
    assert_eq!([level(0), level(1)], [(main, Some(9), Some(5)), (annex, Some(4), Some(1))]);
}

#[actix_web::test]
async fn holds_say_as_of_which_change() {
    let (app, guest) = shop().await;
    let holds = || app.admin_get("/api/v1/admin/stock/TEE-M/holds?state=held").send();
    let nothing = holds().await.expect(200);
    assert_eq!(nothing["as_of"], json!([{ "location_id": MAIN, "reserved": 0, "seq": 1 }]));
    checkout(&app, &guest, "one", &[("TEE-M", 2)], "manual").await.expect(201);
    let held = holds().await.expect(200);
    assert_eq!(held["as_of"], json!([{ "location_id": MAIN, "reserved": 2, "seq": 2 }]));
    assert_eq!((&held["data"][0]["quantity"], &held["page"]["has_more"]), (&json!(2), &json!(false)));
    let ledger = app.client.request(Method::GET, "/api/v1/admin/stock/TEE-M/ledger").bearer(OPERATOR_KEY);
    let ledger = ledger.send().await.expect(200);
    assert_eq!((&ledger["data"][1]["location_id"], &ledger["data"][1]["seq"]), (&json!(MAIN), &json!(2)));
}
