//! Looking after the search: how it is asked, and its index.

use serde_json::{Value, json};

use crate::app::{TestApp, inr};

const SETTINGS: &str = "/api/v1/admin/search/settings";
const INDEX: &str = "/api/v1/admin/search/index";

#[actix_web::test]
async fn how_the_shop_is_searched_is_read_and_changed_at_a_version() {
    let app = TestApp::start();
    let shown = app.admin_get(SETTINGS).send().await;
    let settings = shown.expect(200);
    assert_eq!(
        (&settings["language"], &settings["popularity"], &settings["updated_at"]),
        (&json!("en"), &json!(30), &Value::Null)
    );
    let changed =
        app.admin_patch(SETTINGS, shown.header("etag"), &json!({ "popularity": 70 })).send().await.expect(200);
    assert_eq!((&changed["popularity"], &changed["rating"], &changed["version"]), (&json!(70), &json!(10), &json!(2)));
    let stale = app.admin_patch(SETTINGS, shown.header("etag"), &json!({ "popularity": 80 })).send().await;
    assert_eq!(stale.problem(412, "version_conflict")["current_version"], 2);
    for (patch, pointer) in [
        (json!({ "language": "xx" }), "/language"),
        (json!({ "popularity": 1001 }), "/popularity"),
        (json!({ "sold_out": 101 }), "/sold_out"),
        (json!({ "newness_half_life_days": 0 }), "/newness_half_life_days"),
    ] {
        let refused = app.admin_patch(SETTINGS, "*", &patch).send().await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{patch}");
    }
    let is = app.admin_get(SETTINGS).send().await.expect(200);
    assert_eq!((&is["popularity"], &is["version"]), (&json!(70), &json!(2)), "what was refused changed nothing");
}

#[actix_web::test]
async fn the_index_is_made_anew_on_demand_and_tells_how_it_is() {
    let app = TestApp::start();
    let product = json!({ "title": "Pin", "status": "active", "variants": [{ "sku": "PIN", "price": inr(1000) }] });
    app.admin_post("/api/v1/admin/products", &product).send().await.expect(201);
    app.until_ready().await;
    let index = || async { app.admin_get(INDEX).send().await.expect(200) };
    let before = index().await;
    assert_eq!((&before["serves"], &before["damage"]), (&json!(true), &Value::Null));
    assert!(before["bytes_on_disk"].as_i64().is_some_and(|bytes| bytes > 0), "{before}");
    app.admin_post(&format!("{INDEX}/rebuild"), &json!({})).send().await.expect(202);
    let is_new = || async {
        let now = index().await;
        let generation = |index: &Value| index["generation"].as_i64();
        (generation(&now) > generation(&before)).then_some(())
    };
    testdb::eventually_async("another generation", is_new).await;
    let found = || async {
        let page = app.client.get("/api/v1/products?q=pin").send().await.expect(200);
        (page["data"].as_array().map(Vec::len) == Some(1)).then_some(())
    };
    testdb::eventually_async("the pin", found).await;
}

#[actix_web::test]
async fn a_listing_shows_the_price_of_now() {
    let app = TestApp::start();
    let product = app.create_product("pin", &["PIN"]).await;
    app.until_ready().await;
    let variant = product["variants"][0]["id"].as_str().expect("an id").to_owned();
    let price = |page: &Value| page["data"][0]["price"]["amount"].as_i64();
    // Another question each time: a page that was made is kept for a while.
    let asked = std::cell::Cell::new(0);
    let listed = || async {
        asked.set(asked.get() % 100 + 1);
        // The index waits a moment for more by the shop's clock.
        app.advance(chrono::TimeDelta::milliseconds(100));
        let path = format!("/api/v1/products?q=PIN&limit={}", asked.get());
        price(&app.client.get(&path).send().await.expect(200))
    };
    testdb::eventually_async("the pin", listed).await;
    let cheaper = json!({ "price": inr(100) });
    app.admin_patch(&format!("/api/v1/admin/variants/{variant}"), "*", &cheaper).send().await.expect(200);
    // The index need not have heard.
    let page = app.client.get("/api/v1/products?q=PIN&facets=false").send().await.expect(200);
    assert_eq!(price(&page), Some(100));
}
