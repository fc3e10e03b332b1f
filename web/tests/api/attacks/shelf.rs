//! Changing stock from outside a sale: once for a key, each for itself otherwise, never below nothing.

use serde_json::{Value, json};

use super::salvo::{Fired, SHOTS, fire};
use super::stage::Stage;

const MANY: i64 = 50;

/// The same key fifty times, and fifty wishes under one key: one is done. `on_hand`: what is there after each of the wishes.
async fn once(stage: &Stage, verb: &str, goods: i64, wish: impl Fn(usize) -> Value, on_hand: impl Fn(i64) -> i64) {
    let after = |shot: usize| [on_hand(i64::try_from(shot).expect("a small number")), 0, 2];
    let sku = stage.goods(goods).await;
    let (path, key) = (format!("stock/{sku}/{verb}"), stage.name("key"));
    let fired = fire(&format!("{verb}, the same"), |_| stage.admin(&path, &key, &wish(0))).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    fired.replays_say_the_same(stage.admin(&path, &key, &wish(0))).await;
    assert_eq!(fired.winner().1["changes"][0]["seq"], 2, "it is told its change: {fired}");
    assert_eq!(stage.level(&sku).await, after(0), "{fired}");

    let sku = stage.goods(goods).await;
    let (path, key) = (format!("stock/{sku}/{verb}"), stage.name("key"));
    let fired = fire(&format!("{verb}, one key"), |shot| stage.admin(&path, &key, &wish(shot))).await;
    fired.expect(1, &["idempotency_key_reused", "idempotency_key_in_flight"]);
    assert_eq!(stage.level(&sku).await, after(fired.winner().0), "{fired}");

    // A key of one SKU is not that of another: whoever asks of the other has used it for something else.
    let others = [stage.goods(goods).await, stage.goods(goods).await];
    let key = stage.name("key");
    let fired = fire(&format!("{verb}, one key for two SKUs"), |shot| {
        stage.admin(&format!("stock/{}/{verb}", others[shot % 2]), &key, &wish(0))
    })
    .await;
    fired.expect(1, &["replayed", "idempotency_key_reused", "idempotency_key_in_flight"]);
    let (winner, told) = fired.winner();
    let (own, other) = (&others[winner % 2], &others[1 - winner % 2]);
    assert!(fired.shots("replayed").iter().all(|shot| shot % 2 == winner % 2), "{fired}");
    assert!(fired.shots("idempotency_key_reused").iter().all(|shot| shot % 2 != winner % 2), "{fired}");
    assert_eq!(told["sku"], **own, "{fired}");
    fired.replays_say_the_same(stage.admin(&format!("stock/{own}/{verb}"), &key, &wish(0))).await;
    let refused = stage.admin(&format!("stock/{other}/{verb}"), &key, &wish(0)).send().await;
    refused.problem(422, "idempotency_key_reused");
    assert_eq!(stage.level(own).await, after(0), "{fired}");
    assert_eq!(stage.level(other).await, [goods, 0, 1], "{fired}");
}

/// Each under a key of its own.
async fn each(stage: &Stage, verb: &str, sku: &str, wish: impl Fn(usize) -> Value) -> Fired {
    let (path, keys) = (format!("stock/{sku}/{verb}"), stage.name("key"));
    fire(&format!("{verb}, keys of their own"), |shot| stage.admin(&path, &format!("{keys}-{shot}"), &wish(shot))).await
}

pub(super) async fn receive(stage: &Stage) {
    once(stage, "receive", 5, |turn| json!({ "quantity": 3 + turn }), |turn| 8 + turn).await;
    let sku = stage.goods(5).await;
    let fired = each(stage, "receive", &sku, |_| json!({ "quantity": 3 })).await;
    fired.expect(SHOTS, &[]);
    assert_eq!(stage.level(&sku).await, [5 + 3 * MANY, 0, 1 + MANY], "{fired}");
}

pub(super) async fn adjust(stage: &Stage) {
    let broken = |turn: usize| json!({ "delta": -3, "reason": format!("broken {turn}") });
    once(stage, "adjust", 5, broken, |_| 2).await;
    let sku = stage.goods(20).await;
    let fired = each(stage, "adjust", &sku, |_| json!({ "delta": -1, "reason": "broken" })).await;
    fired.expect(20, &["out_of_stock"]);
    assert_eq!(stage.level(&sku).await, [0, 0, 21], "{fired}");
}

pub(super) async fn set(stage: &Stage) {
    let counted = |turn: usize| json!({ "on_hand": 7 + turn, "count_version": 0 });
    once(stage, "set", 5, counted, |turn| 7 + turn).await;
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
    once(stage, "transfer", 60, |turn| there(1 + turn), |turn| 59 - turn).await;
    let sku = stage.goods(20).await;
    let fired = each(stage, "transfer", &sku, |_| there(1)).await;
    fired.expect(20, &["out_of_stock"]);
    assert_eq!(stage.level(&sku).await, [0, 0, 21], "{fired}");
    assert_eq!(at_both(stage, &sku).await, [0, 20], "{fired}");
    // There and back: whatever the order, nothing is lost on the way.
    let sku = stage.goods(20).await;
    let fired = each(stage, "transfer", &sku, |shot| match shot.is_multiple_of(2) {
        true => there(1),
        false => json!({ "from": annex, "to": "main", "quantity": 1 }),
    })
    .await;
    // Of those who go there, twenty find something whatever the others do.
    fired.expect_some(20, &["out_of_stock"]);
    let (gone, back): (Vec<usize>, Vec<usize>) = fired.shots("done").into_iter().partition(|shot| shot % 2 == 0);
    let moved = i64::try_from(gone.len()).expect("few") - i64::try_from(back.len()).expect("few");
    assert!(gone.len() >= 20, "{fired}");
    assert_eq!(at_both(stage, &sku).await, [20 - moved, moved], "{fired}");
}

/// On hand where it is sold from, and in the annex.
async fn at_both(stage: &Stage, sku: &str) -> [i64; 2] {
    let stock = stage.app.admin_get(&format!("/api/v1/admin/stock/{sku}")).send().await.expect(200);
    let levels = stock["locations"].as_array().expect("levels");
    assert_eq!(levels.len(), 2, "{stock}");
    let at = |main: bool| levels.iter().find(|at| (at["location"] == "main") == main).expect("a level of each");
    [true, false].map(|main| at(main)["on_hand"].as_i64().expect("a number"))
}
