//! Carts, and buying them.

use chrono::TimeDelta;
use hyper::Method;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp, inr, purchase};
use crate::client::{Answer, Request};

struct Shopper<'a> {
    app: &'a TestApp,
    token: String,
}

impl Shopper<'_> {
    async fn add(&self, sku: &str, quantity: i64) -> Answer {
        let body = json!({ "sku": sku, "quantity": quantity });
        self.app.client.post("/api/v1/cart/items").bearer(&self.token).json(&body).send().await
    }

    fn line(&self, method: Method, sku: &str) -> Request {
        self.app.client.request(method, &format!("/api/v1/cart/items/{sku}")).bearer(&self.token)
    }

    async fn cart(&self) -> Answer {
        self.app.client.get("/api/v1/cart").bearer(&self.token).send().await
    }
}

async fn shopper(app: &TestApp) -> Shopper<'_> {
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    app.receive("TEE-M", 5).await;
    app.receive("TEE-L", 5).await;
    Shopper { app, token: app.guest().await }
}

fn quantities(cart: &Value) -> Vec<(String, i64)> {
    let lines = cart["lines"].as_array().expect("lines").iter();
    lines
        .map(|line| (line["sku"].as_str().expect("a SKU").to_owned(), line["quantity"].as_i64().expect("a number")))
        .collect()
}

#[actix_web::test]
async fn a_cart_is_filled_changed_and_emptied() {
    let app = TestApp::start();
    let shopper = shopper(&app).await;
    assert_eq!(shopper.cart().await.expect(200)["totals"], Value::Null);
    shopper.add("TEE-M", 1).await.expect(200);
    shopper.add("TEE-M", 1).await.expect(200);
    let cart = shopper.add("TEE-L", 1).await.expect(200);
    assert_eq!(quantities(&cart), [("TEE-M".to_owned(), 2), ("TEE-L".to_owned(), 1)]);
    assert_eq!((&cart["lines"][0]["net"], &cart["lines"][0]["state"]), (&inr(259_800), &json!("buyable")));
    let changed = shopper.line(Method::PUT, "TEE-M").json(&json!({ "quantity": 3 })).send().await.expect(200);
    assert_eq!(quantities(&changed)[0].1, 3);
    shopper.line(Method::DELETE, "TEE-M").send().await.expect(200);
    let last = shopper.cart().await;
    assert_eq!(quantities(&last.expect(200)), [("TEE-L".to_owned(), 1)]);

    let stale = shopper.line(Method::DELETE, "TEE-L").header("if-match", "\"1\"").send().await;
    stale.problem(412, "version_conflict");
    let fresh = shopper.line(Method::DELETE, "TEE-L").header("if-match", last.header("etag")).send().await;
    assert_eq!(fresh.expect(200)["lines"], json!([]));
}

#[actix_web::test]
async fn what_cannot_be_in_a_cart_is_refused() {
    let app = TestApp::start();
    let shopper = shopper(&app).await;
    for (sku, quantity, pointer) in [
        ("NOTHING", 1, "/sku"),
        ("", 1, "/sku"),
        ("TEE-M", 0, "/quantity"),
        ("TEE-M", -1, "/quantity"),
        ("TEE-M", i64::MAX, "/quantity"),
    ] {
        let refused = shopper.add(sku, quantity).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{sku} {quantity}");
    }
    shopper.line(Method::DELETE, "TEE-M").send().await.expect(200);
    let absent = shopper.line(Method::PUT, "TEE-M").json(&json!({ "quantity": 1 })).send().await;
    absent.problem(404, "not_found");
}

#[actix_web::test]
async fn a_cart_becomes_an_order_and_is_empty_then() {
    let app = TestApp::start();
    let shopper = shopper(&app).await;
    shopper.add("TEE-M", 2).await.expect(200);
    let cart = shopper.add("TEE-L", 1).await.expect(200);
    let mut body = purchase(&[], 0);
    body.as_object_mut().expect("an object").remove("items");
    let quote = app.quote(&shopper.token, &json!({})).await.expect(200);
    assert_eq!(quote["totals"], cart["totals"]);
    body["expected_total"] = quote["totals"]["grand"].clone();
    let order = app.checkout(&shopper.token, "cart", &body).await.expect(201);
    assert_eq!(order["lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(app.checkout(&shopper.token, "cart", &body).await.expect(201), order);
    assert_eq!(shopper.cart().await.expect(200)["lines"], json!([]));
    let empty = app.checkout(&shopper.token, "again", &body).await;
    assert!(matches!(empty.status.as_u16(), 409 | 422), "{empty:?}");
}

/// What the lines of the shopper's cart say of themselves, by SKU.
async fn states(shopper: &Shopper<'_>) -> Vec<(String, String)> {
    let cart = shopper.cart().await.expect(200);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let lines = cart["lines"].as_array().expect("lines").iter();
    lines.map(|line| (text(&line["sku"]), text(&line["state"]))).collect()
}

#[actix_web::test]
async fn what_cannot_be_bought_any_more_is_marked_also_where_nobody_asked_for_it_since_the_start() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    let cup = app.create_product("cup", &["CUP"]).await;
    let plate = app.create_product("plate", &["PLATE"]).await;
    app.receive("CUP", 5).await;
    app.receive("PLATE", 5).await;
    // Counted behind everybody's back, as before this server began: nobody has asked for them since.
    app.sql(
        "insert into stock_levels (variant_id, location_id, store_id, on_hand, reserved, seq)
         select v.id, '00000000-0000-7000-8000-000000000002', v.store_id, 1, 0, 1 from variants v where v.sku = 'TEE-L'",
    );
    let shopper = Shopper { app: &app, token: app.guest().await };
    for sku in ["TEE-M", "TEE-L", "CUP", "PLATE"] {
        shopper.add(sku, 1).await.expect(200);
    }
    let cart = shopper.add("TEE-L", 1).await.expect(200);
    assert_eq!(cart["lines"][1]["state"], "short");
    for (product, status) in [(cup, "archived"), (plate, "draft")] {
        let path = format!("/api/v1/admin/products/{}", product["id"].as_str().expect("an id"));
        let change = app.client.request(Method::PATCH, &path).bearer(OPERATOR_KEY).header("if-match", "*");
        change.json(&json!({ "status": status })).send().await.expect(200);
    }
    let expected = [("TEE-M", "sold_out"), ("TEE-L", "short"), ("CUP", "archived"), ("PLATE", "archived")];
    let expected = expected.map(|(sku, state)| (sku.to_owned(), state.to_owned()));
    assert_eq!(states(&shopper).await, expected);
    // Remembered, and still told what happens.
    app.receive("TEE-M", 1).await;
    assert_eq!(states(&shopper).await[0].1, "buyable");
}

#[actix_web::test]
async fn a_cart_that_was_left_for_long_is_empty_when_its_guest_comes_back() {
    let app = TestApp::start_with(|settings| settings.security.session_ttl_s = 90 * 86_400);
    let shopper = shopper(&app).await;
    shopper.add("TEE-M", 2).await.expect(200);
    let left = shopper.add("TEE-L", 1).await;
    left.expect(200);
    let mut body = purchase(&[], 0);
    body.as_object_mut().expect("an object").remove("items");
    body["expected_total"] = app.quote(&shopper.token, &json!({})).await.expect(200)["totals"]["grand"].clone();

    app.prune_after(TimeDelta::days(29)).await;
    assert_eq!(shopper.cart().await.header("etag"), "\"2\"", "not yet");
    app.prune_after(TimeDelta::days(2)).await;

    let cart = shopper.cart().await;
    assert_eq!((&cart.expect(200)["lines"], cart.header("etag")), (&json!([]), "\"0\""));
    app.checkout(&shopper.token, "late", &body).await.problem(422, "validation_failed");
    app.quote(&shopper.token, &json!({})).await.problem(422, "validation_failed");
    let stale = shopper.line(Method::DELETE, "TEE-L").header("if-match", left.header("etag")).send().await;
    stale.problem(412, "version_conflict");
    assert_eq!(quantities(&shopper.add("TEE-L", 1).await.expect(200)), [("TEE-L".to_owned(), 1)]);
}
