//! Changing stock from outside a sale: once for a key, each for itself otherwise, never below nothing.

use serde_json::{Value, json};

use super::salvo::{Fired, SHOTS, fire};
use super::stage::Stage;

const MANY: i64 = 50;

/// The same key fifty times, and fifty wishes under one key: one is done.
async fn once(stage: &Stage, verb: &str, goods: i64, wish: impl Fn(usize) -> Value, after: [i64; 3]) {
    let sku = stage.goods(goods).await;
    let (path, key) = (format!("stock/{sku}/{verb}"), stage.name("key"));
    let fired = fire(&format!("{verb}, the same"), |_| stage.admin(&path, &key, &wish(0))).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    fired.replays_say("/changes");
    assert_eq!(stage.level(&sku).await, after, "{fired}");

    let sku = stage.goods(goods).await;
    let (path, key) = (format!("stock/{sku}/{verb}"), stage.name("key"));
    let fired = fire(&format!("{verb}, one key"), |shot| stage.admin(&path, &key, &wish(shot))).await;
    fired.expect(1, &["idempotency_key_reused", "idempotency_key_in_flight"]);
    assert_eq!(stage.level(&sku).await[2], after[2], "{fired}");

    // A key of one SKU is not that of another.
    let others = [stage.goods(goods).await, stage.goods(goods).await];
    let key = stage.name("key");
    let fired = fire(&format!("{verb}, one key for two SKUs"), |shot| {
        stage.admin(&format!("stock/{}/{verb}", others[shot % 2]), &key, &wish(0))
    })
    .await;
    fired.expect(1, &["replayed", "idempotency_key_reused", "idempotency_key_in_flight"]);
}

/// Each under a key of its own.
async fn each(stage: &Stage, verb: &str, sku: &str, wish: impl Fn(usize) -> Value) -> Fired {
    let (path, keys) = (format!("stock/{sku}/{verb}"), stage.name("key"));
    fire(&format!("{verb}, keys of their own"), |shot| stage.admin(&path, &format!("{keys}-{shot}"), &wish(shot))).await
}

pub(super) async fn receive(stage: &Stage) {
    once(stage, "receive", 5, |turn| json!({ "quantity": 3 + turn }), [8, 0, 2]).await;
    let sku = stage.goods(5).await;
    let fired = each(stage, "receive", &sku, |_| json!({ "quantity": 3 })).await;
    fired.expect(SHOTS, &[]);
    assert_eq!(stage.level(&sku).await, [5 + 3 * MANY, 0, 1 + MANY], "{fired}");
}

pub(super) async fn adjust(stage: &Stage) {
    let broken = |turn: usize| json!({ "delta": -3, "reason": format!("broken {turn}") });
    once(stage, "adjust", 5, broken, [2, 0, 2]).await;
    let sku = stage.goods(20).await;
    let fired = each(stage, "adjust", &sku, |_| json!({ "delta": -1, "reason": "broken" })).await;
    fired.expect(20, &["out_of_stock"]);
    assert_eq!(stage.level(&sku).await, [0, 0, 21], "{fired}");
}

pub(super) async fn set(stage: &Stage) {
    let counted = |turn: usize| json!({ "on_hand": 7 + turn, "count_version": 0 });
    once(stage, "set", 5, counted, [7, 0, 2]).await;
    let sku = stage.goods(5).await;
    let fired = each(stage, "set", &sku, counted).await;
    fired.expect(1, &["version_conflict"]);
    let [on_hand, ..] = stage.level(&sku).await;
    assert_eq!(fired.done()[0]["locations"][0]["on_hand"], on_hand, "{fired}");
}

pub(super) async fn transfer(stage: &Stage) {
    let annex = stage.name("annex");
    let body = json!({ "code": annex, "name": "Annex" });
    stage.admin("locations", &annex, &body).send().await.expect(201);
    let there = |quantity: usize| json!({ "from": "main", "to": annex, "quantity": quantity });
    once(stage, "transfer", 60, |turn| there(1 + turn), [59, 0, 2]).await;
    let sku = stage.goods(20).await;
    let fired = each(stage, "transfer", &sku, |_| there(1)).await;
    fired.expect(20, &["out_of_stock"]);
    assert_eq!(stage.level(&sku).await, [0, 0, 21], "{fired}");
    let stock = stage.app.admin_get(&format!("/api/v1/admin/stock/{sku}")).send().await.expect(200);
    let total: i64 =
        stock["locations"].as_array().expect("levels").iter().filter_map(|at| at["on_hand"].as_i64()).sum();
    assert_eq!(total, 20, "{stock}");
    // There and back: whatever the order, nothing is lost on the way.
    let sku = stage.goods(20).await;
    let fired = each(stage, "transfer", &sku, |shot| match shot.is_multiple_of(2) {
        true => there(1),
        false => json!({ "from": annex, "to": "main", "quantity": 1 }),
    })
    .await;
    fired.expect(fired.count("done"), &["out_of_stock"]);
    let stock = stage.app.admin_get(&format!("/api/v1/admin/stock/{sku}")).send().await.expect(200);
    let total: i64 =
        stock["locations"].as_array().expect("levels").iter().filter_map(|at| at["on_hand"].as_i64()).sum();
    assert_eq!(total, 20, "{fired}");
}
