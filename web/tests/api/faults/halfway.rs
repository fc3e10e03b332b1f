//! A database that ends in the middle of a change, and says so: before the commit nothing was done, and from then on nobody
//! knows.

use serde_json::json;

use super::shop::Shop;
use crate::app::TestApp;
use crate::client::Answer;

/// Has the database end whoever writes to `table`: with the statement, or with the commit.
fn ends_with(app: &TestApp, table: &str, when: &str) {
    let (kind, deferred) = match when {
        "commit" => ("constraint trigger", "deferrable initially deferred"),
        _ => ("trigger", ""),
    };
    app.sql(&format!(
        "create or replace function ends() returns trigger language plpgsql security definer as
             $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
         create {kind} ends after insert or update on {table} {deferred} for each row execute function ends()"
    ));
}

fn goes_on(app: &TestApp, table: &str) {
    app.sql(&format!("drop trigger ends on {table}"));
}

async fn make(shop: &Shop, key: &str) -> Answer {
    let product = json!({ "slug": key, "title": "A mug" });
    shop.app.admin_post("/api/v1/admin/products", &product).header("idempotency-key", key).send().await
}

#[actix_web::test]
async fn a_change_of_the_catalogue_is_undone_before_its_commit_and_unknown_from_then_on() {
    let shop = Shop::open().await;
    for (when, code) in [("statement", "temporarily_unavailable"), ("commit", "outcome_unknown")] {
        ends_with(&shop.app, "products", when);
        make(&shop, when).await.problem(503, code);
        goes_on(&shop.app, "products");
        let made = make(&shop, when).await;
        assert_eq!(made.expect(201)["slug"], when);
        assert_eq!(made.header("idempotent-replayed"), "", "it was not done before");
    }
}

#[actix_web::test]
async fn how_a_store_is_searched_is_as_it_was_before_the_commit_and_unknown_from_then_on() {
    let shop = Shop::open().await;
    let path = "/api/v1/admin/search/settings";
    for (when, code) in [("statement", "temporarily_unavailable"), ("commit", "outcome_unknown")] {
        let change = async || shop.app.admin_patch(path, "*", &json!({ "popularity": 40 })).send().await;
        ends_with(&shop.app, "search_settings", when);
        change().await.problem(503, code);
        goes_on(&shop.app, "search_settings");
        assert_eq!(shop.app.admin_get(path).send().await.expect(200)["popularity"], 30, "it was not done");
    }
}

#[actix_web::test]
async fn whether_a_cart_was_kept_is_not_known_when_the_database_ends_over_it() {
    let shop = Shop::open().await;
    let guest = shop.app.guest().await;
    let item = json!({ "sku": "CUP", "quantity": 1 });
    let add = async || shop.app.client.post("/api/v1/cart/items").bearer(&guest).json(&item).send().await;
    ends_with(&shop.app, "carts", "commit");
    add().await.problem(503, "outcome_unknown");
    let cart = shop.app.client.get("/api/v1/cart").bearer(&guest).send().await.expect(200);
    assert_eq!(cart["lines"], json!([]), "whoever looks is told what is so");
    goes_on(&shop.app, "carts");
    assert_eq!(add().await.expect(200)["lines"][0]["quantity"], 1);
}

#[actix_web::test]
async fn a_quote_is_given_from_memory_also_after_a_change_that_the_database_did_not_take() {
    let shop = Shop::open().await;
    let guest = shop.app.guest().await;
    shop.proxy.set(testdb::Link::Refuse);
    make(&shop, "refused").await.problem(503, "temporarily_unavailable");
    let items = json!({ "items": [{ "sku": "CUP", "quantity": 1 }] });
    shop.app.quote(&guest, &items).await.expect(200);
}
