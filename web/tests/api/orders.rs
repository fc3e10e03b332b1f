//! Orders: the buyer's side and the shop's.

use serde_json::{Value, json};

use crate::app::{TestApp, purchase};

/// A guest with an order of two shirts of five.
async fn ordered(app: &TestApp) -> (String, String) {
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let order_no = order(app, &guest, "first").await;
    (guest, order_no)
}

async fn order(app: &TestApp, guest: &str, key: &str) -> String {
    let mut body = purchase(&[("TEE-M", 2)], 0);
    let quote = app.quote(guest, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    let order = app.checkout(guest, key, &body).await.expect(201);
    order["order_no"].as_str().expect("a number").to_owned()
}

async fn admin(app: &TestApp, order_no: &str, verb: &str, version: &str, body: &Value) -> crate::client::Answer {
    let path = format!("/api/v1/admin/orders/{order_no}/{verb}");
    app.admin_post(&path, body).header("if-match", version).send().await
}

#[actix_web::test]
async fn a_buyer_sees_own_orders_and_no_others() {
    let app = TestApp::start();
    let (guest, order_no) = ordered(&app).await;
    let second = order(&app, &guest, "second").await;
    let answer = app.order(&guest, &order_no).await;
    let seen = answer.expect(200);
    assert_eq!(seen["order_no"], order_no);
    assert_eq!(seen["address"]["city"], "Bengaluru");
    assert_eq!(answer.header("etag"), format!("\"{}\"", seen["version"]));
    let path = format!("/api/v1/orders/{order_no}");
    app.client.get(&path).bearer(&guest).header("if-none-match", answer.header("etag")).send().await.expect(304);

    let page = app.client.get("/api/v1/orders?limit=1").bearer(&guest).send().await;
    let first = page.expect(200);
    assert_eq!(first["data"][0]["order_no"], second);
    assert_eq!(first["page"]["has_more"], true);
    let next = first["page"]["next_cursor"].as_str().expect("a cursor");
    assert!(page.header("link").contains("rel=\"next\""), "{page:?}");
    let page = app.client.get(&format!("/api/v1/orders?limit=1&cursor={next}")).bearer(&guest).send().await;
    let last = page.expect(200);
    assert_eq!((&last["data"][0]["order_no"], &last["page"]["has_more"]), (&json!(order_no), &json!(false)));

    let stranger = app.guest().await;
    app.order(&stranger, &order_no).await.problem(404, "not_found");
    let cancel = app.client.post(&format!("/api/v1/orders/{order_no}/cancel")).bearer(&stranger);
    cancel.send().await.problem(404, "not_found");
    app.client.get("/api/v1/orders?status=x").bearer(&guest).send().await.problem(400, "bad_request");
}

#[actix_web::test]
async fn cancelling_gives_the_stock_back_once() {
    let app = TestApp::start();
    let (guest, order_no) = ordered(&app).await;
    let path = format!("/api/v1/orders/{order_no}/cancel");
    let stale = app.client.post(&path).bearer(&guest).header("if-match", "\"99\"").send().await;
    stale.problem(412, "version_conflict");
    let cancel = || app.client.post(&path).bearer(&guest).json(&json!({ "reason": "changed my mind" })).send();
    let cancelled = cancel().await.expect(200);
    assert_eq!((&cancelled["status"], &cancelled["cancel_reason"]), (&json!("cancelled"), &json!("changed my mind")));
    let again = cancel().await;
    assert_eq!(again.expect(200)["status"], "cancelled");
    assert_eq!(again.header("idempotent-replayed"), "true");
    let stock = app.stock("TEE-M").await;
    assert_eq!((stock["on_hand"].as_i64(), stock["reserved"].as_i64()), (Some(5), Some(0)));
}

#[actix_web::test]
async fn the_shop_moves_an_order_along_against_the_version_it_saw() {
    let app = TestApp::start();
    let (_, order_no) = ordered(&app).await;
    let keyless = app.client.post(&format!("/api/v1/admin/orders/{order_no}/confirm"));
    keyless.send().await.problem(401, "unauthenticated");
    let versionless = app.admin_post(&format!("/api/v1/admin/orders/{order_no}/confirm"), &json!({}));
    versionless.send().await.problem(428, "precondition_required");

    let illegal =
        admin(&app, &order_no, "ship", "*", &json!({ "carrier": "Post" })).await.problem(409, "invalid_state");
    assert_eq!((&illegal["from"], &illegal["to"]), (&json!("payment_pending"), &json!("shipped")));
    assert!(illegal["allowed"].as_array().is_some_and(|allowed| allowed.contains(&json!("confirmed"))), "{illegal}");

    let extended = admin(&app, &order_no, "extend", "*", &json!({ "hold_ttl_s": 3600 })).await;
    assert_eq!(extended.expect(200)["expires_in_ms"], 3_600_000);
    let confirmed = admin(&app, &order_no, "confirm", extended.header("etag"), &json!({})).await;
    assert_eq!(confirmed.expect(200)["payment_status"], "paid");
    admin(&app, &order_no, "pack", extended.header("etag"), &json!({})).await.problem(412, "version_conflict");
    admin(&app, &order_no, "pack", confirmed.header("etag"), &json!({})).await.expect(200);
    let shipped =
        admin(&app, &order_no, "ship", "*", &json!({ "carrier": "Post", "tracking": "T1" })).await.expect(200);
    assert_eq!((&shipped["carrier"], &shipped["tracking"]), (&json!("Post"), &json!("T1")));
    let delivered = admin(&app, &order_no, "deliver", "*", &json!({})).await.expect(200);
    assert_eq!(delivered["status"], "delivered");
    let stock = app.stock("TEE-M").await;
    assert_eq!((stock["on_hand"].as_i64(), stock["reserved"].as_i64()), (Some(3), Some(0)));

    let whole = app.admin_get(&format!("/api/v1/admin/orders/{order_no}")).send().await.expect(200);
    let kinds: Vec<_> = whole["events"].as_array().expect("events").iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds.last(), Some(&json!("delivered")), "{kinds:?}");
    let returned = admin(&app, &order_no, "return", "*", &json!({ "restock": true })).await.expect(200);
    assert_eq!(returned["status"], "returned");
    assert_eq!(app.stock("TEE-M").await["on_hand"], 5);
}

#[actix_web::test]
async fn orders_are_found_by_what_is_known_of_them() {
    let app = TestApp::start();
    let (_, order_no) = ordered(&app).await;
    let found = async |query: &str| {
        let answer = app.admin_get(&format!("/api/v1/admin/orders?{query}")).send().await.expect(200);
        let orders = answer["data"].as_array().expect("orders");
        orders.iter().map(|order| order["order_no"].as_str().expect("a number").to_owned()).collect::<Vec<_>>()
    };
    for query in ["", "status=payment_pending", "sku=TEE-M", "idempotency_key=first", "since=2027-01-15T08:00:00Z"] {
        assert_eq!(found(query).await, [order_no.as_str()], "{query}");
    }
    for query in ["status=delivered", "sku=OTHER", "idempotency_key=second", "since=2027-01-15T08:00:01Z"] {
        assert!(found(query).await.is_empty(), "{query}");
    }
    let counted = app.admin_get("/api/v1/admin/orders?include_total=true").send().await.expect(200);
    assert_eq!(counted["page"]["total"], 1);
    for query in ["status=sold", "since=yesterday", "colour=red", "limit=0"] {
        app.admin_get(&format!("/api/v1/admin/orders?{query}")).send().await.problem(400, "bad_request");
    }
    let guest = app.guest().await;
    app.client.get("/api/v1/admin/orders").bearer(&guest).send().await.problem(403, "forbidden");
}
