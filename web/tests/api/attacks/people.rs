//! Customers in their own rooms.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use hyper::Method;
use serde_json::{Value, json};

use super::salvo::{SHOTS, fire};
use super::stage::Stage;
use crate::app::PASSWORD;
use crate::client::Request;

fn ask(stage: &Stage, method: Method, access: &str, path: &str) -> Request {
    stage.app.client.request(method, path).bearer(access)
}

fn place(name: &str) -> Value {
    json!({ "name": name, "line1": "12 MG Road", "city": "Bengaluru", "postal_code": "560001", "country": "IN" })
}

async fn rows(stage: &Stage, access: &str, path: &str) -> Vec<Value> {
    let listed = ask(stage, Method::GET, access, path).send().await.expect(200);
    listed["data"].as_array().expect("rows").clone()
}

pub(super) async fn profile(stage: &Stage) {
    let access = stage.app.customer("profile@example.com").await;
    let version = ask(stage, Method::GET, &access, "/api/v1/me").send().await.header("etag").to_owned();
    let rename = |shot: usize| {
        let body = json!({ "name": format!("Ann {shot}") });
        ask(stage, Method::PATCH, &access, "/api/v1/me").header("if-match", &version).json(&body)
    };
    let fired = fire("one's name, one version", rename).await;
    fired.expect(1, &["version_conflict"]);
    let now = ask(stage, Method::GET, &access, "/api/v1/me").send().await.expect(200);
    assert_eq!(now["name"], fired.done()[0]["name"], "{fired}");
}

pub(super) async fn add_address(stage: &Stage) {
    let access = stage.app.customer("addresses@example.com").await;
    ask(stage, Method::POST, &access, "/api/v1/me/addresses").json(&place("First")).send().await.expect(201);
    let add = |shot: usize| {
        let mut body = place(&format!("No. {shot}"));
        body["is_default"] = json!(true);
        ask(stage, Method::POST, &access, "/api/v1/me/addresses").json(&body)
    };
    // There is room for fifty.
    fire("an address", add).await.expect(SHOTS - 1, &["validation_failed"]);
    let book = rows(stage, &access, "/api/v1/me/addresses").await;
    assert_eq!(book.len(), 50);
    assert_eq!(book.iter().filter(|row| row["is_default"] == true).count(), 1);
}

pub(super) async fn change_address(stage: &Stage) {
    let access = stage.app.customer("moving@example.com").await;
    let made = ask(stage, Method::POST, &access, "/api/v1/me/addresses").json(&place("First")).send().await.expect(201);
    let path = format!("/api/v1/me/addresses/{}", made["id"].as_str().expect("an id"));
    let change = |shot: usize| {
        ask(stage, Method::PUT, &access, &path).header("if-match", "\"1\"").json(&place(&format!("No. {shot}")))
    };
    let fired = fire("an address, one version", change).await;
    fired.expect(1, &["version_conflict"]);
    let now = ask(stage, Method::GET, &access, &path).send().await.expect(200);
    assert_eq!((&now["name"], &now["version"]), (&fired.done()[0]["name"], &json!(2)), "{fired}");
}

pub(super) async fn remove_address(stage: &Stage) {
    let access = stage.app.customer("leaving@example.com").await;
    let mut paths = Vec::new();
    for name in ["First", "Second", "Third"] {
        let made =
            ask(stage, Method::POST, &access, "/api/v1/me/addresses").json(&place(name)).send().await.expect(201);
        paths.push(format!("/api/v1/me/addresses/{}", made["id"].as_str().expect("an id")));
    }
    let fired = fire("no address", |_| ask(stage, Method::DELETE, &access, &paths[0])).await;
    fired.expect(1, &["not_found"]);
    let book = rows(stage, &access, "/api/v1/me/addresses").await;
    assert_eq!(book.iter().filter(|row| row["is_default"] == true).count(), 1, "{book:?}");
    assert_eq!(book.len(), 2);
}

pub(super) async fn wish(stage: &Stage) {
    let (sku, access) = (stage.goods(1).await, stage.app.customer("wishing@example.com").await);
    let fired = fire("a wish", |_| ask(stage, Method::PUT, &access, &format!("/api/v1/me/wishlist/{sku}"))).await;
    fired.expect(SHOTS, &[]);
    assert_eq!(rows(stage, &access, "/api/v1/me/wishlist").await.len(), 1, "each is kept once: {fired}");

    // Room is left for ten.
    stage.app.sql(
        "insert into wishlist_items (account_id, sku, store_id, added_at)
         select id, 'GONE-' || n, store_id, now() from accounts, generate_series(1, 189) n
         where email_key = 'wishing@example.com'",
    );
    let skus: Vec<String> = join_all((0..SHOTS).map(|_| stage.goods(1))).await;
    let put = |shot: usize| ask(stage, Method::PUT, &access, &format!("/api/v1/me/wishlist/{}", skus[shot]));
    fire("wishes, with room for ten", put).await.expect(10, &["validation_failed"]);
    assert_eq!(rows(stage, &access, "/api/v1/me/wishlist").await.len(), 11);
}

pub(super) async fn unwish(stage: &Stage) {
    let (sku, access) = (stage.goods(1).await, stage.app.customer("content@example.com").await);
    let path = format!("/api/v1/me/wishlist/{sku}");
    ask(stage, Method::PUT, &access, &path).send().await.expect(204);
    fire("no wish", |_| ask(stage, Method::DELETE, &access, &path)).await.expect(SHOTS, &[]);
    assert_eq!(rows(stage, &access, "/api/v1/me/wishlist").await, Vec::<Value>::new());
    // Put and taken away at once, it is there or not, and once.
    let either =
        |shot: usize| ask(stage, if shot.is_multiple_of(2) { Method::PUT } else { Method::DELETE }, &access, &path);
    fire("a wish and no wish", either).await.expect(SHOTS, &[]);
    assert!(rows(stage, &access, "/api/v1/me/wishlist").await.len() <= 1);
}

pub(super) async fn view(stage: &Stage) {
    let access = stage.app.customer("looking@example.com").await;
    let slugs: Vec<String> = (0..SHOTS + 10).map(|n| format!("looked-at-{n}")).collect();
    for slug in &slugs {
        stage.app.create_product(slug, &[&slug.to_uppercase()]).await;
    }
    for slug in &slugs[SHOTS..] {
        ask(stage, Method::PUT, &access, &format!("/api/v1/me/viewed/{slug}")).send().await.expect(204);
    }
    let look = |shot: usize| ask(stage, Method::PUT, &access, &format!("/api/v1/me/viewed/{}", slugs[shot]));
    fire("looks at fifty things", look).await.expect(SHOTS, &[]);
    let seen = rows(stage, &access, "/api/v1/me/viewed").await;
    let once: BTreeSet<String> = seen.iter().map(|row| row["slug"].to_string()).collect();
    assert_eq!((seen.len(), once.len()), (50, 50), "no more than fifty, each once");
}

pub(super) async fn forget_viewed(stage: &Stage) {
    let access = stage.app.customer("forgetful@example.com").await;
    fire("nothing was looked at", |_| ask(stage, Method::DELETE, &access, "/api/v1/me/viewed"))
        .await
        .expect(SHOTS, &[]);
    assert_eq!(rows(stage, &access, "/api/v1/me/viewed").await, Vec::<Value>::new());
}

pub(super) async fn claim(stage: &Stage) {
    let (sku, guest) = (stage.goods(5).await, stage.app.guest().await);
    let mut body = stage.basket(&[(sku.as_str(), 1)]).await;
    body["contact"] = json!({ "email": "claiming@example.com" });
    stage.app.checkout(&guest, "claimed", &body).await.expect(201);
    let access = stage.app.customer("claiming@example.com").await;
    let fired = fire("a claim", |_| ask(stage, Method::POST, &access, "/api/v1/me/orders/claim")).await;
    fired.expect(SHOTS, &[]);
    let claimed: i64 = fired.done().iter().map(|told| told["claimed"].as_i64().expect("a number")).sum();
    assert_eq!(claimed, 1, "one of them made it theirs: {fired}");
    assert_eq!(rows(stage, &access, "/api/v1/orders").await.len(), 1);
}

pub(super) async fn merge(stage: &Stage) {
    let (sku, guest) = (stage.goods(100).await, stage.app.guest().await);
    let item = json!({ "sku": sku, "quantity": 2 });
    stage.app.client.post("/api/v1/cart/items").bearer(&guest).json(&item).send().await.expect(200);
    let (ann, bob) = (stage.app.customer("m1@example.com").await, stage.app.customer("m2@example.com").await);
    let body = json!({ "guest_token": guest });
    let merge = |shot: usize| {
        let access = if shot.is_multiple_of(2) { &ann } else { &bob };
        stage.app.client.post("/api/v1/cart/merge").bearer(access).json(&body)
    };
    let fired = fire("a guest's cart, for two accounts", merge).await;
    fired.expect_some(1, &["completion_in_progress"]);
    let brought: i64 = fired.done().iter().map(|told| told["lines"].as_i64().expect("a number")).sum();
    assert_eq!(brought, 1, "one of them brought it along: {fired}");
    let mut there = Vec::new();
    for token in [&ann, &bob, &guest] {
        let cart = stage.app.client.get("/api/v1/cart").bearer(token).send().await.expect(200);
        there.push(cart["lines"][0]["quantity"].as_i64().unwrap_or(0));
    }
    assert_eq!((there[0] + there[1], there[2]), (2, 0), "{there:?}");
}

pub(super) async fn erase(stage: &Stage) {
    let access = stage.app.customer("leaving-for-good@example.com").await;
    let body = json!({ "current_password": PASSWORD });
    let fired = fire("forget me", |_| ask(stage, Method::DELETE, &access, "/api/v1/me").json(&body)).await;
    fired.expect_some(1, &["unauthenticated", "validation_failed", "overloaded"]);
    ask(stage, Method::GET, &access, "/api/v1/me").send().await.problem(401, "unauthenticated");
}
