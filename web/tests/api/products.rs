//! Product pages and listings.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{TestApp, inr};
use crate::client::Answer;

/// Asks until the answer is as it should be: what was changed is heard of a moment later.
async fn eventually(app: &TestApp, path: &str, is_there: impl Fn(&Value) -> bool) -> Answer {
    let look = async || {
        let answer = app.client.get(path).send().await;
        if answer.status.is_success() && is_there(&answer.json()) {
            return Some(answer);
        }
        // The index waits a moment for more by the shop's clock.
        app.advance(TimeDelta::milliseconds(100));
        None
    };
    testdb::eventually_async(path, look).await
}

#[actix_web::test]
async fn a_product_page_says_what_it_costs_and_whether_there_is_any() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    app.receive("TEE-M", 50).await;
    let answer = app.client.get("/api/v1/products/t-shirt").send().await;
    let product = answer.expect(200);
    let (medium, large) = (&product["variants"][0], &product["variants"][1]);
    assert_eq!(
        (&medium["price"], &medium["mrp"], &medium["discount_bp"]),
        (&inr(129_900), &inr(149_900), &json!(1334))
    );
    assert_eq!((&medium["availability"], &large["availability"]), (&json!("in_stock"), &json!("sold_out")));
    assert_eq!(medium.get("available"), None, "the policy is not to say how many");
    assert_eq!(answer.header("cache-control"), "public, no-cache");

    let known = app.client.get("/api/v1/products/t-shirt").header("if-none-match", answer.header("etag")).send().await;
    known.expect(304);
    assert_eq!(known.header("etag"), answer.header("etag"));
    let plain = app.client.get("/api/v1/openapi.json").send().await;
    let gzip = app.client.get("/api/v1/openapi.json").header("accept-encoding", "gzip").send().await;
    assert_eq!((gzip.status.as_u16(), gzip.header("content-encoding")), (200, "gzip"));
    assert!(gzip.body.len() < plain.body.len() && gzip.header("etag") != plain.header("etag"));
    app.client.get("/api/v1/products/nothing").send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_changed_product_is_shown_changed() {
    let app = TestApp::start();
    let product = app.create_product("t-shirt", &["TEE-M"]).await;
    app.client.get("/api/v1/products/t-shirt").send().await.expect(200);
    let path = format!("/api/v1/admin/products/{}", product["id"].as_str().expect("an id"));
    let change = app.client.request(hyper::Method::PATCH, &path).bearer(crate::app::OPERATOR_KEY);
    change.header("if-match", "*").json(&json!({ "title": "Shirt, T" })).send().await.expect(200);
    eventually(&app, "/api/v1/products/t-shirt", |product| product["title"] == "Shirt, T").await;
}

#[actix_web::test]
async fn a_price_changes_at_its_moment_though_the_page_is_kept() {
    let app = TestApp::start();
    let sale = json!({ "price": inr(80), "starts_at": "2027-01-15T08:00:10Z", "ends_at": "2027-01-15T08:00:20Z" });
    let body = json!({
        "slug": "cup", "title": "Cup", "status": "active",
        "variants": [{ "sku": "CUP", "price": inr(100), "sale": sale }]
    });
    app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
    let price =
        async || app.client.get("/api/v1/products/cup").send().await.expect(200)["variants"][0]["price"].clone();
    assert_eq!(price().await, inr(100));
    app.advance(TimeDelta::seconds(10));
    assert_eq!(price().await, inr(80));
    app.advance(TimeDelta::seconds(10));
    assert_eq!(price().await, inr(100));
}

#[actix_web::test]
async fn products_are_found_filtered_and_counted() {
    let app = TestApp::start();
    app.admin_post("/api/v1/admin/brands", &json!({ "name": "Acme" })).send().await.expect(201);
    for (slug, title, brand, color) in
        [("tee", "Red shirt", "acme", "red"), ("cup", "Blue cup", "acme", "blue"), ("pen", "Red pen", "", "red")]
    {
        let brand = if brand.is_empty() { Value::Null } else { json!(brand) };
        let variant = json!({ "sku": slug.to_uppercase(), "price": inr(100), "attributes": { "color": color } });
        let body = json!({ "slug": slug, "title": title, "brand": brand, "status": "active", "variants": [variant] });
        app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
    }
    let all = eventually(&app, "/api/v1/products?include_total=true", |page| page["page"]["total"] == 3).await;
    assert!(all.json()["facets"].as_array().is_some_and(|facets| !facets.is_empty()));

    let slugs = |page: &Value| -> Vec<String> {
        let data = page["data"].as_array().expect("products").iter();
        data.map(|card| card["slug"].as_str().expect("a slug").to_owned()).collect()
    };
    let ask = async |query: &str| app.client.get(&format!("/api/v1/products?{query}")).send().await.expect(200);
    assert_eq!(slugs(&ask("q=shirt").await), ["tee"]);
    assert_eq!(slugs(&ask("brand=acme&sort=title").await), ["cup", "tee"]);
    assert_eq!(slugs(&ask("attr.color=red&sort=-title").await), ["tee", "pen"]);
    assert!(slugs(&ask("price[min]=101").await).is_empty());
    let first = app.client.get("/api/v1/products?limit=2&sort=title").send().await;
    assert!(first.header("link").contains("rel=\"next\""), "{first:?}");
    let first = first.expect(200);
    let cursor = first["page"]["next_cursor"].as_str().expect("there is more");
    let rest = ask(&format!("limit=2&sort=title&cursor={cursor}")).await;
    assert_eq!((slugs(&first).len(), slugs(&rest).len()), (2, 1));
    for wrong in [
        "limit=0",
        "limit=101",
        "page=0",
        "sort=colour",
        "price[min]=x",
        "price[min]=2&price[max]=1",
        "colour=red",
        "page=2&cursor=x",
        "cursor=x",
        "availability=perhaps",
        "page=9999&limit=100",
        "facets=maybe",
    ] {
        app.client.get(&format!("/api/v1/products?{wrong}")).send().await.problem(400, "bad_request");
    }
}

#[actix_web::test]
async fn a_listing_is_kept_for_a_second_and_shows_then_what_was_sold() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 1).await;
    let availability = |page: &Value| page["data"][0]["availability"].clone();
    eventually(&app, "/api/v1/products?q=shirt", |page| availability(page) == "low").await;
    let guest = app.guest().await;
    let mut body = crate::app::purchase(&[("TEE-M", 1)], 0);
    let quote = app.quote(&guest, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    app.checkout(&guest, "k", &body).await.expect(201);
    // Seen by a question that was never asked: the index has heard of it.
    for asked in 1.. {
        let page = app.client.get(&format!("/api/v1/products?q=shirt&page=1&price[min]={asked}")).send().await;
        if availability(&page.expect(200)) == "sold_out" {
            break;
        }
    }
    app.advance(TimeDelta::milliseconds(1000));
    let page = app.client.get("/api/v1/products?q=shirt").send().await.expect(200);
    assert_eq!(availability(&page), "sold_out");
}
