//! Quotes and purchases.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{TestApp, inr, purchase};

#[actix_web::test]
async fn a_quote_says_what_a_basket_costs_and_how_long() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    let guest = app.guest().await;
    let quote = app.quote(&guest, &json!({ "items": [{ "sku": "TEE-M", "quantity": 2 }] })).await.expect(200);
    assert_eq!(quote["lines"][0]["mrp"], inr(299_800));
    assert_eq!(quote["lines"][0]["net"], inr(259_800));
    assert_eq!(quote["totals"]["discount"], inr(40_000));
    assert!(quote["quote_id"].as_str().is_some_and(|id| id.starts_with("quote_")), "{quote}");
    assert!(quote["expires_in_ms"].as_i64().is_some_and(|ms| ms > 0), "{quote}");
    assert!(!quote["trace"].is_null(), "{quote}");
}

#[actix_web::test]
async fn a_purchase_is_an_order_once_for_its_key() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let body = priced(&app, &guest, &[("TEE-M", 2)]).await;

    let first = app.checkout(&guest, "one", &body).await;
    let order = first.expect(201);
    assert_eq!(order["status"], "payment_pending");
    assert_eq!(order["lines"][0]["unit_price"], inr(129_900));
    assert_eq!(order["expires_in_ms"], 900_000);
    assert_eq!(first.header("location"), format!("/api/v1/orders/{}", order["order_no"].as_str().expect("a number")));
    assert_eq!(first.header("idempotent-replayed"), "");

    let again = app.checkout(&guest, "one", &body).await;
    assert_eq!(again.expect(201), order);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = purchase(&[("TEE-M", 1)], 129_900);
    app.checkout(&guest, "one", &other).await.problem(422, "idempotency_key_reused");

    let stock = app.stock("TEE-M").await;
    assert_eq!((stock["on_hand"].as_i64(), stock["reserved"].as_i64()), (Some(5), Some(2)));
}

#[actix_web::test]
async fn what_is_not_there_is_refused_by_name() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    app.receive("TEE-M", 5).await;
    app.receive("TEE-L", 1).await;
    let guest = app.guest().await;
    let body = priced(&app, &guest, &[("TEE-M", 1), ("TEE-L", 2)]).await;
    let refused = app.checkout(&guest, "two", &body).await.problem(409, "out_of_stock");
    assert_eq!(refused["items"][0]["sku"], "TEE-L");
    assert_eq!(refused["items"][0]["requested"], 2);
    assert_eq!(app.stock("TEE-M").await["reserved"], 0, "all or nothing");
}

#[actix_web::test]
async fn a_price_that_changed_is_told() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let refused = app.checkout(&guest, "k", &purchase(&[("TEE-M", 1)], 1)).await.problem(409, "price_changed");
    assert_eq!(refused["expected_total"], inr(1));
    let right = priced(&app, &guest, &[("TEE-M", 1)]).await;
    assert_eq!(refused["current_total"], right["expected_total"]);
    assert_eq!(refused["totals"]["grand"], right["expected_total"]);
    // Nobody knows where the 0.01 came from: all lines are told as they are.
    let line = json!({ "sku": "TEE-M", "quantity": 1, "unit_price": inr(129_900), "net": inr(129_900) });
    assert_eq!(refused["changes"], json!([line]));
    app.checkout(&guest, "k", &right).await.expect(201);
}

#[actix_web::test]
async fn a_sale_price_that_ended_is_told_with_what_was_shown() {
    let app = TestApp::start();
    let sale = json!({ "price": inr(80), "ends_at": "2027-01-15T08:00:10Z" });
    for (sku, sale) in [("CUP", sale), ("PEN", Value::Null)] {
        let variant = json!({ "sku": sku, "price": inr(100), "sale": sale });
        let body = json!({ "title": sku, "status": "active", "variants": [variant] });
        app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
        app.receive(sku, 5).await;
    }
    let guest = app.guest().await;
    let body = priced(&app, &guest, &[("PEN", 1), ("CUP", 2)]).await;
    app.advance(TimeDelta::seconds(10));
    let refused = app.checkout(&guest, "k", &body).await.problem(409, "price_changed");
    let line = json!({
        "sku": "CUP", "quantity": 2, "expected_unit_price": inr(80), "unit_price": inr(100), "net": inr(200)
    });
    assert_eq!(refused["changes"], json!([line]), "the pen costs what it cost");
    assert_eq!(
        refused["current_total"]["amount"].as_i64(),
        body["expected_total"]["amount"].as_i64().map(|it| it + 40)
    );
}

#[actix_web::test]
async fn a_quote_that_is_too_old_is_to_be_asked_again() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let mut body = priced(&app, &guest, &[("TEE-M", 1)]).await;
    let quote = app.quote(&guest, &json!({ "items": body["items"] })).await.expect(200);
    body["quote_id"] = quote["quote_id"].clone();
    let valid_ms = quote["expires_in_ms"].as_i64().expect("milliseconds");
    app.advance(TimeDelta::milliseconds(valid_ms + 1));
    app.checkout(&guest, "late", &body).await.problem(409, "quote_expired");
}

#[actix_web::test]
async fn before_the_sale_opens_it_says_when() {
    let app = TestApp::start();
    let body = json!({
        "slug": "drop", "title": "Drop", "status": "active",
        "variants": [{ "sku": "DROP-1", "price": inr(100), "on_sale_from": "2027-01-15T08:01:00Z" }]
    });
    app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
    app.receive("DROP-1", 1).await;
    let guest = app.guest().await;
    let body = priced(&app, &guest, &[("DROP-1", 1)]).await;
    let refused = app.checkout(&guest, "early", &body).await.problem(409, "not_on_sale_yet");
    assert_eq!(refused["opens_at"], "2027-01-15T08:01:00.000Z");
    app.advance(TimeDelta::seconds(60));
    app.checkout(&guest, "early", &body).await.expect(201);
}

#[actix_web::test]
async fn who_is_asking_must_be_known() {
    let app = TestApp::start();
    let body = purchase(&[("TEE-M", 1)], 1);
    let anonymous = app.client.post("/api/v1/checkout").header("idempotency-key", "k").json(&body).send().await;
    anonymous.problem(401, "unauthenticated");
    assert!(anonymous.header("www-authenticate").starts_with("Bearer"));
    app.checkout("guest_AAAA", "k", &body).await.problem(401, "unauthenticated");
    let guest = app.guest().await;
    let cookie = format!("doorbuster_session={guest}");
    let by_cookie = app.client.post("/api/v1/checkout/quote").header("cookie", &cookie).json(&json!({"items": []}));
    by_cookie.send().await.problem(422, "validation_failed");
    app.advance(TimeDelta::days(31));
    app.checkout(&guest, "k", &body).await.problem(401, "token_expired");
    let keyless = app.client.post("/api/v1/checkout").bearer(&app.guest().await).json(&body).send().await;
    keyless.problem(400, "idempotency_key_required");
}

/// A purchase with the total that it has.
async fn priced(app: &TestApp, guest: &str, items: &[(&str, i64)]) -> Value {
    let mut body = purchase(items, 0);
    let quote = app.quote(guest, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    body
}
