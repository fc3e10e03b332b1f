//! Each is a shop by itself, whatever both call the same.

use chrono::TimeDelta;
use hyper::Method;
use serde_json::{Value, json};

use super::next_door::{NEXT_DOOR, THEIR_KEY, two_stores};
use crate::app::{OPERATOR_KEY, TestApp};

#[actix_web::test]
async fn each_sells_its_own_under_the_same_names() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    app.until_ready().await;
    for (store, price, units) in [(here, 10_000, 5), (there, 700, 3)] {
        let found = async || {
            // The index commits and listings age by the shop's clock.
            app.advance(TimeDelta::seconds(1));
            let found = store.ask(Method::GET, "/api/v1/products?q=shirt&include_total=true").send().await.expect(200);
            (found["page"]["total"] == 1).then_some(found)
        };
        let found = testdb::eventually_async("what is found", found).await;
        assert_eq!(found["data"][0]["price"], store.money(price));
        let page = store.ask(Method::GET, "/api/v1/products/t-shirt").send().await.expect(200);
        assert_eq!(page["title"], format!("T-Shirt of {}", store.host), "{page}");
        let category = store.ask(Method::GET, "/api/v1/categories/shirts").send().await.expect(200);
        assert_eq!(category["slug"], "shirts");
        let guest = store.guest().await;
        let (paid, number) = store.buy(&guest, 2).await;
        let shipping = if store.currency == "INR" && price * 2 < 49_900 { 4_900 } else { 0 };
        assert_eq!(paid, price * 2 + shipping);
        let stock = store.staff(Method::GET, "/api/v1/admin/stock/TEE-M").send().await.expect(200);
        assert_eq!((&stock["locations"][0]["on_hand"], &stock["locations"][0]["reserved"]), (&json!(units), &json!(2)));
        let orders = store.staff(Method::GET, "/api/v1/admin/orders").send().await.expect(200);
        assert_eq!(orders["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(orders["data"][0]["order_no"], number);
    }
    app.books_are_clean();
}

#[actix_web::test]
async fn the_trail_of_a_store_begins_with_who_opened_it() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    let opened = "/api/v1/admin/audit?action=store.create";
    let told = there.staff(Method::GET, opened).send().await.expect(200);
    let line = &told["data"][0];
    assert_eq!((&line["actor"]["kind"], &line["subject"]["kind"]), (&json!("operator"), &json!("store")), "{told}");
    assert_eq!(line["subject"]["id"], there.id.to_string());
    let as_it_is = json!({ "slug": "next-door", "name": "Next Door", "currency": "EUR", "domains": [NEXT_DOOR] });
    assert_eq!((&line["before"], &line["after"]), (&Value::Null, &as_it_is));
    assert_eq!(here.staff(Method::GET, opened).send().await.expect(200)["data"], json!([]));
}

#[actix_web::test]
async fn nobody_is_anybody_next_door() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    let (guest, theirs) = (here.guest().await, there.guest().await);
    let (_, number) = here.buy(&guest, 1).await;
    let (_, their_number) = there.buy(&theirs, 1).await;
    let (ann, their_ann) = (here.customer().await, there.customer().await);
    here.ask(Method::GET, "/api/v1/me/sessions").bearer(&their_ann).send().await.problem(401, "unauthenticated");
    there.ask(Method::GET, "/api/v1/cart").bearer(&ann).send().await.problem(401, "unauthenticated");
    for (store, stranger, key, number) in
        [(here, &theirs, THEIR_KEY, &their_number), (there, &guest, OPERATOR_KEY, &number)]
    {
        store.ask(Method::GET, "/api/v1/cart").bearer(stranger).send().await.problem(401, "unauthenticated");
        store.ask(Method::GET, "/api/v1/orders").bearer(stranger).send().await.problem(401, "unauthenticated");
        store.ask(Method::GET, "/api/v1/admin/products").bearer(key).send().await.problem(401, "unauthenticated");
        // Who is somebody here too does not find what is there.
        let own = if store.host == NEXT_DOOR { &theirs } else { &guest };
        let order = store.ask(Method::GET, &format!("/api/v1/orders/{number}")).bearer(own);
        order.send().await.problem(404, "not_found");
        let order = store.staff(Method::GET, &format!("/api/v1/admin/orders/{number}"));
        order.send().await.problem(404, "not_found");
    }
}

/// What both stores have under one name is one's own: changing it changes nothing there.
#[actix_web::test]
async fn what_is_called_the_same_is_ones_own() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    let before = there.books().await;
    here.post("/api/v1/admin/stock/TEE-M/adjust", "lost", &json!({ "delta": -1, "reason": "lost" })).await.expect(200);
    let counted = here.staff(Method::GET, "/api/v1/admin/stock/TEE-M").send().await.expect(200);
    let count = json!({ "on_hand": 9, "count_version": counted["locations"][0]["count_version"] });
    here.post("/api/v1/admin/stock/TEE-M/set", "count", &count).await.expect(200);
    let transfer = json!({ "from": "main", "to": "hall", "quantity": 2 });
    here.post("/api/v1/admin/stock/TEE-M/transfer", "moved", &transfer).await.expect(200);
    let patch = |path: &str, body: Value| here.staff(Method::PATCH, path).header("if-match", "*").json(&body).send();
    patch("/api/v1/admin/tax-classes/luxury", json!({ "rate_bp": 1 })).await.expect(200);
    here.post("/api/v1/admin/tax-classes/luxury/archive", "archive", &json!({})).await.expect(200);
    patch("/api/v1/admin/shipping", json!({ "free_from": null })).await.expect(200);
    let rows = "sku,title,price,stock\nTEE-M,Renamed,1.00,4\n";
    let import = here.staff(Method::POST, "/api/v1/admin/imports/products").header("content-type", "text/csv");
    import.body(rows).send().await.expect(200);
    assert_eq!(there.books().await, before);
    let export = here.staff(Method::GET, "/api/v1/admin/exports/products").send().await;
    assert!(!String::from_utf8_lossy(&export.body).contains("EUR"), "{export:?}");
    // The same key of the same request, next door, is another request.
    let again = there.post("/api/v1/admin/stock/TEE-M/adjust", "lost", &json!({ "delta": -1, "reason": "lost" })).await;
    assert_eq!(again.header("idempotent-replayed"), "");
    again.expect(200);
}
