//! Those who look after the shop, taken on and turned away by many at once; and what sellers bring.

use futures_util::future::join_all;
use hyper::Method;
use identity::access::Role;
use serde_json::{Value, json};

use super::salvo::{SHOTS, fire};
use super::stage::Stage;
use crate::app::{ADMIN_KEY, PASSWORD, inr};

const USERS: &str = "/api/v1/admin/users";

async fn somebody(stage: &Stage, role: Role) -> (String, String) {
    let email = format!("{}@example.com", stage.name("somebody"));
    stage.app.account(&email, role).await;
    let mut cursor = String::new();
    loop {
        let page = stage.app.admin_get(&format!("{USERS}?limit=100{cursor}")).send().await.expect(200);
        if let Some(user) = page["data"].as_array().expect("a list").iter().find(|user| user["email"] == *email) {
            return (email, format!("{USERS}/{}", user["id"].as_str().expect("an id")));
        }
        cursor = format!("&cursor={}", page["page"]["next_cursor"].as_str().expect("it is on a later page"));
    }
}

/// An address is taken once.
pub(super) async fn invite(stage: &Stage) {
    let body = json!({ "email": format!("{}@example.com", stage.name("guest")), "role": "support" });
    fire("one invitation", |_| stage.app.admin_post(USERS, &body)).await.expect(1, &["already_exists"]);
}

pub(super) async fn first(stage: &Stage) {
    // There is one already, so nobody is the first.
    somebody(stage, Role::Admin).await;
    let request = |shot: usize| {
        let body = json!({ "email": format!("first-{shot}@example.com"), "password": PASSWORD });
        stage.app.client.post("/api/v1/admin/first").bearer(ADMIN_KEY).json(&body)
    };
    fire("the first admin", request).await.expect(0, &["already_exists", "overloaded", "rate_limited"]);
}

pub(super) async fn change(stage: &Stage) {
    let (_, path) = somebody(stage, Role::Support).await;
    let seen = stage.app.admin_get(&path).send().await.header("etag").to_owned();
    let role = |_: usize| stage.admin_patch(&path, &seen, &json!({ "role": "seller" }));
    fire("a role, one version", role).await.expect(1, &["version_conflict"]);
    let role = |_: usize| stage.admin_patch(&path, "*", &json!({ "role": "support" }));
    fire("a role, any version", role).await.expect(SHOTS, &[]);
    let version = stage.app.admin_get(&path).send().await.expect(200)["version"].clone();
    assert_eq!(version, 3, "each was done once");
}

pub(super) async fn block(stage: &Stage) {
    turn(stage, somebody(stage, Role::Support).await.1, "block", "blocked").await;
}

pub(super) async fn unblock(stage: &Stage) {
    turn(stage, somebody(stage, Role::Support).await.1, "unblock", "active").await;
}

pub(super) async fn block_customer(stage: &Stage) {
    turn(stage, customer(stage).await, "block", "blocked").await;
}

pub(super) async fn unblock_customer(stage: &Stage) {
    turn(stage, customer(stage).await, "unblock", "active").await;
}

async fn customer(stage: &Stage) -> String {
    let email = format!("{}@example.com", stage.name("customer"));
    stage.app.account(&email, Role::Customer).await;
    let page = stage.app.admin_get(&format!("/api/v1/admin/customers?email={email}")).send().await.expect(200);
    format!("/api/v1/admin/customers/{}", page["data"][0]["id"].as_str().expect("an id"))
}

async fn turn(stage: &Stage, path: String, verb: &str, status: &str) {
    if verb == "unblock" {
        stage.app.admin_verb(&path, "block").await.expect(200);
    }
    let before = stage.app.admin_get(&path).send().await.expect(200)["version"].as_i64().expect("a number");
    let go = |_: usize| stage.app.admin_post(&format!("{path}/{verb}"), &json!({})).header("if-match", "*");
    fire(verb, go).await.expect(SHOTS, &[]);
    let user = stage.app.admin_get(&path).send().await.expect(200);
    assert_eq!((user["status"].as_str(), user["version"].as_i64()), (Some(status), Some(before + 1)), "once: {user}");
}

async fn seller(stage: &Stage) -> String {
    let (email, path) = somebody(stage, Role::Support).await;
    stage.admin_patch(&path, "*", &json!({ "role": "seller" })).send().await.expect(200);
    let answer = stage.app.login(&email, PASSWORD).await.expect(200);
    answer["access_token"].as_str().expect("a token").to_owned()
}

fn wares(stage: &Stage) -> Value {
    let variants = json!([{ "sku": stage.name("ware"), "mrp": inr(100), "price": inr(100) }]);
    json!({ "title": "Wares", "slug": stage.name("wares"), "variants": variants })
}

pub(super) async fn seller_makes(stage: &Stage) {
    let (token, body) = (seller(stage).await, wares(stage));
    let request = |key: &str| {
        stage.app.client.post("/api/v1/seller/products").bearer(&token).json(&body).header("idempotency-key", key)
    };
    let fired = fire("a seller's product", |_| request("one")).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    fired.replays_say_the_same(request("one")).await;
    let keys: Vec<String> = (0..SHOTS).map(|shot| format!("other-{shot}")).collect();
    fire("the same under other keys", |shot| request(&keys[shot])).await.expect(0, &["validation_failed"]);
}

pub(super) async fn seller_changes(stage: &Stage) {
    let (token, body) = (seller(stage).await, wares(stage));
    let made = stage.app.client.post("/api/v1/seller/products").bearer(&token).json(&body).send().await;
    made.expect(201);
    let path = made.header("location").to_owned();
    let request = |shot: usize| {
        let request = stage.app.client.request(Method::PATCH, &path).bearer(&token).header("if-match", "\"1\"");
        request.json(&json!({ "title": format!("Wares {shot}") }))
    };
    fire("a seller's change, one version", request).await.expect(1, &["version_conflict"]);
    // Others cannot, however many they are.
    let others = join_all([seller(stage), seller(stage)]).await;
    let request = |shot: usize| {
        let request = stage.app.client.request(Method::PATCH, &path).bearer(&others[shot % 2]).header("if-match", "*");
        request.json(&json!({ "title": "Mine" }))
    };
    fire("another's product", request).await.expect(0, &["not_found"]);
}
