//! Which store a request is for: by its host, by a header, by a storefront's key.

use hyper::Method;
use serde_json::{Value, json};
use web::settings::{HeaderFrom, Settings};

use super::next_door::{NEXT_DOOR, THEIR_KEY, two_stores};
use crate::app::{OPERATOR_KEY, TestApp};

#[actix_web::test]
async fn a_host_that_leads_nowhere_is_the_main_store_or_nobodys() {
    let app = TestApp::start_with(|settings| settings.stores.refuse_unknown_hosts = true);
    two_stores_but_refused(&app).await;
    let lenient = TestApp::start();
    let answer = lenient.client.get("/api/v1/categories").host("elsewhere.test").send().await;
    answer.expect(200);
}

async fn two_stores_but_refused(app: &TestApp) {
    let refused = app.client.get("/api/v1/categories").host("elsewhere.test").send().await;
    refused.problem(404, "not_found");
    assert_eq!(app.client.get("/healthz").host("elsewhere.test").send().await.status, 200);
}

/// A header says which store only if whoever sends it is believed.
#[actix_web::test]
async fn a_store_is_named_by_those_who_are_believed() {
    let named = |app: &TestApp, slug: &str| app.client.get("/api/v1/admin/keys").header("x-doorbuster-store", slug);
    let app = TestApp::start_with(|settings| settings.stores.header_from = HeaderFrom::Anyone);
    two_stores(&app).await;
    named(&app, "next-door").bearer(THEIR_KEY).send().await.expect(200);
    named(&app, "next-door").bearer(OPERATOR_KEY).send().await.problem(401, "unauthenticated");
    named(&app, "nowhere").bearer(OPERATOR_KEY).send().await.problem(404, "not_found");
    let behind_a_proxy = |settings: &mut Settings| {
        settings.limits.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
    };
    let proxied = TestApp::start_with(|settings| {
        behind_a_proxy(settings);
        settings.stores.header_from = HeaderFrom::Proxies;
    });
    two_stores(&proxied).await;
    named(&proxied, "next-door").bearer(THEIR_KEY).send().await.expect(200);
    // Who is no proxy is not believed; nor is one of which nobody said that it writes this header.
    let strangers = TestApp::start_with(|settings| settings.stores.header_from = HeaderFrom::Proxies);
    let silent = TestApp::start_with(behind_a_proxy);
    for app in [&strangers, &silent] {
        two_stores(app).await;
        named(app, "next-door").bearer(OPERATOR_KEY).send().await.expect(200);
        named(app, "nowhere").bearer(OPERATOR_KEY).send().await.expect(200);
    }
}

/// A storefront that was built elsewhere shows its key, and is its store's.
#[actix_web::test]
async fn a_storefront_says_by_its_key_whose_it_is() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    let wish = |scopes: Value| json!({ "name": "window", "kind": "publishable", "scopes": scopes });
    let window = there.post("/api/v1/admin/keys", "window", &wish(json!(["storefront:read"]))).await.expect(201);
    let window = window["secret"].as_str().expect("a secret").to_owned();
    let elsewhere = |method: Method, path: &str, key: &str| {
        app.client.request(method, path).host("storefront.test").header("x-doorbuster-key", key)
    };
    let page = elsewhere(Method::GET, "/api/v1/products/t-shirt", &window).send().await.expect(200);
    assert_eq!(page["title"], format!("T-Shirt of {NEXT_DOOR}"));
    let refused = elsewhere(Method::POST, "/api/v1/session", &window).send().await.problem(403, "forbidden");
    assert_eq!(refused["required"], "carts:write");
    let both = wish(json!(["storefront:read", "carts:write"]));
    let till = there.post("/api/v1/admin/keys", "till", &both).await.expect(201);
    let till = till["secret"].as_str().expect("a secret");
    let session = elsewhere(Method::POST, "/api/v1/session", till).send().await.expect(201);
    let cart = elsewhere(Method::GET, "/api/v1/cart", till).bearer(session["token"].as_str().expect("a token"));
    cart.send().await.expect(200);
    for wrong in ["pk_nobody-has-ever-made-this-one-1234567", THEIR_KEY] {
        elsewhere(Method::GET, "/api/v1/products/t-shirt", wrong).send().await.problem(401, "unauthenticated");
    }
}
