//! On what terms the shop sells: locations, tax classes, shipping. All of it made and changed by requests alone.

use serde_json::{Value, json};

use crate::app::{TestApp, inr};
use crate::client::Answer;

const LOCATIONS: &str = "/api/v1/admin/locations";
const TAX_CLASSES: &str = "/api/v1/admin/tax-classes";
const SHIPPING: &str = "/api/v1/admin/shipping";

async fn transfer(app: &TestApp, key: &str, from: &str, to: &str, quantity: i64) -> Answer {
    let body = json!({ "from": from, "to": to, "quantity": quantity });
    app.admin_post("/api/v1/admin/stock/TEE-M/transfer", &body).header("idempotency-key", key).send().await
}

/// What one of the SKU comes to.
async fn totals(app: &TestApp, guest: &str, sku: &str) -> Value {
    let body = json!({ "items": [{ "sku": sku, "quantity": 1 }] });
    app.quote(guest, &body).await.expect(200)["totals"].clone()
}

#[actix_web::test]
async fn goods_go_to_a_location_that_was_made_by_a_request() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 10).await;
    let made = app.admin_post(LOCATIONS, &json!({ "code": "annex", "name": "The annex" })).send().await;
    let annex = made.expect(201);
    let path = format!("{LOCATIONS}/{}", annex["id"].as_str().expect("an id"));
    assert_eq!((made.header("location"), made.header("etag")), (path.as_str(), "\"1\""));
    assert_eq!((&annex["code"], &annex["is_default"]), (&json!("annex"), &json!(false)));

    let moved = transfer(&app, "there", "main", "annex", 4).await.expect(200);
    let levels: Vec<_> = moved["locations"].as_array().expect("levels").iter().collect();
    let at =
        |code: &str| levels.iter().find(|level| level["location"] == code).expect("it is there")["on_hand"].clone();
    assert_eq!((at("main"), at("annex")), (json!(6), json!(4)));

    let kept = app.admin_verb(&path, "archive").await.problem(409, "invalid_state");
    assert_eq!(kept["detail"], "the location still has 1 items in stock");
    transfer(&app, "back", "annex", "main", 4).await.expect(200);
    assert!(app.admin_verb(&path, "archive").await.expect(200)["archived_at"].is_string());
    let gone = transfer(&app, "again", "main", "annex", 1).await.problem(422, "validation_failed");
    assert_eq!(gone["errors"][0]["pointer"], "/to");
    assert!(app.admin_verb(&path, "restore").await.expect(200)["archived_at"].is_null());
    transfer(&app, "once-more", "main", "annex", 1).await.expect(200);
}

#[actix_web::test]
async fn a_location_is_changed_against_its_version_and_the_default_one_stays() {
    let app = TestApp::start();
    let listed = app.admin_get(LOCATIONS).send().await.expect(200);
    let main = &listed["data"][0];
    assert_eq!((&main["code"], &main["is_default"]), (&json!("main"), &json!(true)));
    let path = format!("{LOCATIONS}/{}", main["id"].as_str().expect("an id"));
    let shown = app.admin_get(&path).send().await;
    assert_eq!(&shown.expect(200), main);

    let rename = json!({ "name": "The hall" });
    let without = app.client.request(hyper::Method::PATCH, &path).bearer(crate::app::OPERATOR_KEY).json(&rename);
    without.send().await.problem(428, "precondition_required");
    let renamed = app.admin_patch(&path, shown.header("etag"), &rename).send().await;
    assert_eq!(renamed.expect(200)["name"], "The hall");
    let stale = app.admin_patch(&path, shown.header("etag"), &rename).send().await.problem(412, "version_conflict");
    assert_eq!(stale["current_version"], 2);

    app.admin_verb(&path, "archive").await.problem(409, "invalid_state");
    let again = app.admin_post(LOCATIONS, &json!({ "code": "main", "name": "Another" })).send().await;
    assert_eq!(again.problem(422, "validation_failed")["errors"][0]["code"], "taken");
    for code in [json!(""), json!("Main"), json!("a b"), json!("\u{0}"), json!("x".repeat(65)), json!(7), Value::Null] {
        let refused = app.admin_post(LOCATIONS, &json!({ "code": code, "name": "No" })).send().await;
        assert_eq!(refused.problem(422, "validation_failed")["errors"][0]["pointer"], "/code", "{code}");
    }
    app.admin_get(&format!("{LOCATIONS}/loc_7")).send().await.problem(404, "not_found");
    app.admin_get(&format!("{LOCATIONS}?limit=1&kind=x")).send().await.problem(400, "bad_request");
}

#[actix_web::test]
async fn a_new_tax_rate_is_charged_from_its_answer_on() {
    let app = TestApp::start();
    let guest = app.guest().await;
    let draft = json!({ "code": "luxury", "name": "Luxury", "rate_bp": 2800, "inclusive": false });
    let made = app.admin_post(TAX_CLASSES, &draft).send().await;
    made.expect(201);
    let path = format!("{TAX_CLASSES}/luxury");
    assert_eq!(made.header("location"), path);
    app.admin_post(TAX_CLASSES, &draft).send().await.problem(422, "validation_failed");
    let variant = json!({ "sku": "FUR", "price": inr(100_000), "tax_class": "luxury" });
    let product = json!({ "title": "Fur", "status": "active", "variants": [variant] });
    app.admin_post("/api/v1/admin/products", &product).send().await.expect(201);
    assert_eq!(totals(&app, &guest, "FUR").await["tax"], inr(28_000));

    let changed = app.admin_patch(&path, made.header("etag"), &json!({ "rate_bp": 4000 })).send().await.expect(200);
    assert_eq!((&changed["rate_bp"], &changed["version"]), (&json!(4000), &json!(2)));
    assert_eq!(totals(&app, &guest, "FUR").await["grand"], inr(140_000));
    app.admin_patch(&path, made.header("etag"), &json!({ "rate_bp": 1 })).send().await.problem(412, "version_conflict");
    let wrong = app.admin_patch(&path, "*", &json!({ "rate_bp": 100_001 })).send().await;
    assert_eq!(wrong.problem(422, "validation_failed")["errors"][0]["pointer"], "/rate_bp");

    let kept = app.admin_verb(&path, "archive").await.problem(409, "invalid_state");
    assert_eq!(kept["detail"], "the tax class still has 1 variants that are not archived");
    app.admin_verb(&format!("{TAX_CLASSES}/standard"), "archive").await.problem(409, "invalid_state");
    app.admin_verb(&format!("{TAX_CLASSES}/zero"), "archive").await.expect(200);
    let zero = json!({ "title": "Bread", "variants": [{ "sku": "BREAD", "price": inr(1), "tax_class": "zero" }] });
    let refused = app.admin_post("/api/v1/admin/products", &zero).send().await.problem(422, "validation_failed");
    assert_eq!(refused["errors"][0]["pointer"], "/variants/0/tax_class");
    app.admin_verb(&format!("{TAX_CLASSES}/zero"), "restore").await.expect(200);
    app.admin_post("/api/v1/admin/products", &zero).send().await.expect(201);

    let first = app.admin_get(&format!("{TAX_CLASSES}?limit=2")).send().await.expect(200);
    let cursor = first["page"]["next_cursor"].as_str().expect("there is more");
    let rest = app.admin_get(&format!("{TAX_CLASSES}?cursor={cursor}")).send().await.expect(200);
    assert_eq!(rest["data"].as_array().map(Vec::len), Some(3));
    app.admin_get(&format!("{TAX_CLASSES}/none")).send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn shipping_costs_what_was_last_said() {
    let app = TestApp::start();
    let guest = app.guest().await;
    let product = json!({ "title": "Pin", "status": "active", "variants": [{ "sku": "PIN", "price": inr(1000) }] });
    app.admin_post("/api/v1/admin/products", &product).send().await.expect(201);
    let shown = app.admin_get(SHIPPING).send().await;
    assert_eq!(shown.expect(200)["flat"], inr(4900));
    assert_eq!(totals(&app, &guest, "PIN").await["shipping"], inr(4900));

    let dearer = app.admin_patch(SHIPPING, shown.header("etag"), &json!({ "flat": inr(5900) })).send().await;
    assert_eq!(dearer.expect(200)["free_from"], inr(49_900));
    assert_eq!(totals(&app, &guest, "PIN").await["shipping"], inr(5900));
    let stale = app.admin_patch(SHIPPING, shown.header("etag"), &json!({ "flat": inr(1) })).send().await;
    assert_eq!(stale.problem(412, "version_conflict")["current_version"], 2);
    let free = json!({ "free_from": inr(1000), "tax_class": "zero" });
    app.admin_patch(SHIPPING, "*", &free).send().await.expect(200);
    assert_eq!(totals(&app, &guest, "PIN").await["shipping"], inr(0));
    let never = app.admin_patch(SHIPPING, "*", &json!({ "free_from": null })).send().await.expect(200);
    assert!(never["free_from"].is_null());
    assert_eq!(totals(&app, &guest, "PIN").await["shipping"], inr(5900));
    // Its own tax: 5900 at 18 % on top, once the class says so.
    app.admin_patch(SHIPPING, "*", &json!({ "tax_class": "standard_exclusive" })).send().await.expect(200);
    let path = format!("{TAX_CLASSES}/standard_exclusive");
    let taxed = totals(&app, &guest, "PIN").await["tax"].clone();
    app.admin_patch(&path, "*", &json!({ "rate_bp": 0 })).send().await.expect(200);
    assert_ne!(totals(&app, &guest, "PIN").await["tax"], taxed);
    app.admin_verb(&path, "archive").await.problem(409, "invalid_state");

    for (patch, pointer) in [
        (json!({ "flat": inr(-1) }), "/flat"),
        (json!({ "flat": null, "free_from": { "amount": 1, "currency": "USD" } }), "/free_from"),
        (json!({ "tax_class": "none" }), "/tax_class"),
        (json!({ "tax_class": "\u{0}" }), "/tax_class"),
        (json!({ "fast": true }), "/fast"),
    ] {
        let refused = app.admin_patch(SHIPPING, "*", &patch).send().await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{patch}");
    }
    let without = app.client.request(hyper::Method::PATCH, SHIPPING).bearer(crate::app::OPERATOR_KEY).json(&json!({}));
    without.send().await.problem(428, "precondition_required");
    app.client.get(SHIPPING).bearer(&guest).send().await.problem(403, "forbidden");
}
