//! Two sellers in one shop: each has their own goods, and sees what was sold of them.

use hyper::Method;
use identity::access::Role;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp, inr, purchase};
use crate::client::Request;

const PRODUCTS: &str = "/api/v1/seller/products";

/// A seller by way of the staff, signed in.
async fn seller(app: &TestApp, email: &str) -> String {
    app.account(email, Role::Support).await;
    let users = app.admin_get("/api/v1/admin/users?limit=100").send().await.expect(200);
    let user = users["data"].as_array().expect("a list").iter().find(|user| user["email"] == email);
    let path = format!("/api/v1/admin/users/{}", user.expect("it is there")["id"].as_str().expect("an id"));
    app.admin_patch(&path, "*", &json!({ "role": "seller" })).send().await.expect(200);
    let answer = app.login(email, PASSWORD).await.expect(200);
    answer["access_token"].as_str().expect("a token").to_owned()
}

fn post(app: &TestApp, token: &str, body: &Value) -> Request {
    app.client.post(PRODUCTS).bearer(token).json(body)
}

fn wares(slug: &str, sku: &str) -> Value {
    let variants = json!([{ "sku": sku, "mrp": inr(10_000), "price": inr(10_000) }]);
    json!({ "slug": slug, "title": "Wares", "status": "active", "variants": variants })
}

#[actix_web::test]
async fn a_seller_has_their_own_products_and_nobody_elses() {
    let app = TestApp::start();
    let (ann, bob) = (seller(&app, "ann@example.com").await, seller(&app, "bob@example.com").await);
    app.create_product("t-shirt", &["TEE-M"]).await;
    let keyed = || post(&app, &ann, &wares("bowl", "BOWL")).header("idempotency-key", "bowl");
    let made = keyed().send().await;
    let bowl = made.expect(201);
    let path = made.header("location").to_owned();
    assert_eq!(keyed().send().await.header("idempotent-replayed"), "true");
    post(&app, &bob, &wares("vase", "VASE")).send().await.expect(201);

    let own = app.client.get(PRODUCTS).bearer(&ann).send().await.expect(200);
    assert_eq!(own["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(own["data"][0]["id"], bowl["id"]);
    app.client.get(&path).bearer(&ann).send().await.expect(200);
    let patch = |token: &str, version: &str| {
        let request = app.client.request(Method::PATCH, &path).bearer(token).header("if-match", version);
        request.json(&json!({ "title": "Bowl" })).send()
    };
    assert_eq!(patch(&ann, "\"1\"").await.expect(200)["title"], "Bowl");
    patch(&ann, "\"1\"").await.problem(412, "version_conflict");
    for action in ["product.create", "product.change"] {
        let path = format!("/api/v1/admin/audit?action={action}&subject_id={}", bowl["id"].as_str().expect("an id"));
        let told = app.admin_get(&path).send().await.expect(200);
        assert_eq!(told["data"][0]["actor"]["kind"], "account", "{told}");
    }
    // Another's, and the shop's own, are not there.
    patch(&bob, "*").await.problem(404, "not_found");
    app.client.get(&path).bearer(&bob).send().await.problem(404, "not_found");
    let shops = app.admin_get("/api/v1/admin/products").send().await.expect(200);
    for product in shops["data"].as_array().expect("a list").iter().filter(|product| product["id"] != bowl["id"]) {
        let path = format!("{PRODUCTS}/{}", product["id"].as_str().expect("an id"));
        app.client.get(&path).bearer(&ann).send().await.problem(404, "not_found");
    }
    // Who may sell, and never was taken on as a seller, has nothing.
    let nobody = app.signed_in("cy@example.com", Role::Seller).await;
    app.client.get(PRODUCTS).bearer(&nobody).send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_seller_sees_what_was_sold_of_their_own_and_where_it_goes() {
    let app = TestApp::start();
    let (ann, bob) = (seller(&app, "ann@example.com").await, seller(&app, "bob@example.com").await);
    post(&app, &ann, &wares("bowl", "BOWL")).send().await.expect(201);
    post(&app, &bob, &wares("vase", "VASE")).send().await.expect(201);
    for sku in ["BOWL", "VASE"] {
        app.receive(sku, 5).await;
    }
    let guest = app.guest().await;
    let buy = async |key: &str, items: &[(&str, i64)]| {
        let mut body = purchase(items, 0);
        let quote = app.quote(&guest, &json!({ "items": body["items"] })).await.expect(200);
        body["expected_total"] = quote["totals"]["grand"].clone();
        app.checkout(&guest, key, &body).await.expect(201)["order_no"].clone()
    };
    let both = buy("both", &[("BOWL", 2), ("VASE", 1)]).await;
    let one = buy("one", &[("VASE", 1)]).await;
    let sold = |token: &str| app.client.get("/api/v1/seller/orders").bearer(token).send();
    let anns = sold(&ann).await.expect(200);
    assert_eq!(anns["data"].as_array().map(Vec::len), Some(1), "{anns}");
    let order = &anns["data"][0];
    assert_eq!(order["order_no"], both);
    assert_eq!(
        order["lines"],
        json!([{ "sku": "BOWL", "title": "Wares", "quantity": 2, "unit_price": inr(10_000), "net": inr(20_000) }])
    );
    assert_eq!(order["deliver_to"]["city"], "Bengaluru");
    let told = anns.to_string();
    assert!(!told.contains("ann@example.com") && !told.contains("VASE"), "{told}");
    let bobs = sold(&bob).await.expect(200);
    let numbers: Vec<&Value> =
        bobs["data"].as_array().expect("a list").iter().map(|order| &order["order_no"]).collect();
    assert_eq!(numbers, [&one, &both], "the newest first");
}
