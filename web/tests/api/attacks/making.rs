//! Making things: once for a key, and once for a name, however many want to.

use serde_json::{Value, json};

use super::salvo::fire;
use super::stage::Stage;
use crate::app::inr;

/// What a thing is asked for with. `name` is its own; `turn` is what nearly identical requests differ in.
pub(super) type Wish = fn(name: &str, turn: usize) -> Value;

async fn make(stage: &Stage, path: &str, listed: impl AsyncFn() -> usize, wish: Wish) {
    let before = listed().await;
    make_once(stage, path, wish).await;
    let (key, clashing) = (stage.name("key"), stage.name("thing"));
    let another = |shot| stage.admin(path, &format!("{key}-{shot}"), &wish(&clashing, shot));
    let fired = fire(&format!("{path}, one name"), another).await;
    fired.expect(1, &["validation_failed"]);
    assert_eq!(listed().await, before + 3, "{path}");
}

/// Two of them, each once for its key.
pub(super) async fn make_once(stage: &Stage, path: &str, wish: Wish) {
    let (identical, nearly) = (stage.name("thing"), stage.name("thing"));

    let key = stage.name("key");
    let fired = fire(&format!("{path}, the same"), |_| stage.admin(path, &key, &wish(&identical, 0))).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    fired.replays_say_the_same(stage.admin(path, &key, &wish(&identical, 0))).await;

    let key = stage.name("key");
    let fired = fire(&format!("{path}, one key"), |shot| stage.admin(path, &key, &wish(&nearly, shot))).await;
    fired.expect(1, &["idempotency_key_reused", "idempotency_key_in_flight"]);
}

async fn make_listed(stage: &Stage, things: &str, wish: Wish) {
    let list = format!("/api/v1/admin/{things}");
    make(stage, things, async || stage.count(&list).await, wish).await;
}

pub(super) async fn products(stage: &Stage) {
    make_listed(stage, "products", |name, turn| json!({ "slug": name, "title": format!("Lamp {turn}") })).await;
}

pub(super) async fn brands(stage: &Stage) {
    make_listed(stage, "brands", |name, turn| json!({ "slug": name, "name": format!("Acme {turn}") })).await;
}

pub(super) async fn categories(stage: &Stage) {
    make_listed(stage, "categories", |name, turn| json!({ "slug": name, "name": format!("Home {turn}") })).await;
}

pub(super) async fn locations(stage: &Stage) {
    make_listed(stage, "locations", |name, turn| json!({ "code": name, "name": format!("Hall {turn}") })).await;
}

pub(super) async fn tax_classes(stage: &Stage) {
    make_listed(
        stage,
        "tax-classes",
        |name, turn| json!({ "code": name, "name": format!("Rate {turn}"), "rate_bp": 500, "inclusive": true }),
    )
    .await;
}

pub(super) async fn search_rules(stage: &Stage) {
    make_listed(stage, "search/rules", |name, turn| {
        let weigh = json!({ "attribute": { "key": "color", "value": "red" }, "percent": turn });
        json!({ "name": name, "when": "always", "weigh": weigh })
    })
    .await;
}

pub(super) async fn variants(stage: &Stage) {
    let product = stage.admin("products", &stage.name("key"), &json!({ "title": "Lamp" })).send().await.expect(201);
    let path = format!("products/{}", product["id"].as_str().expect("an id"));
    let variants = async || {
        let product = stage.app.admin_get(&format!("/api/v1/admin/{path}")).send().await.expect(200);
        product["variants"].as_array().expect("variants").len()
    };
    make(
        stage,
        &format!("{path}/variants"),
        variants,
        |name, turn| json!({ "sku": name, "price": inr(100 + i64::try_from(turn).expect("a small number")) }),
    )
    .await;
}
