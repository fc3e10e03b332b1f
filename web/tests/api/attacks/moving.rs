//! Moving orders along: what an order holds is confirmed, given back or returned once, whoever asks for it how often.

use serde_json::{Value, json};

use super::salvo::{Fired, fire};
use super::stage::{Placed, Stage};
use crate::client::Request;

/// An order of two of ten, taken so far; what is done to it, and how it is then.
struct Move {
    before: Vec<(&'static str, Value)>,
    verb: &'static str,
    body: Value,
    /// Another one that is nearly the same, and how it is answered after the first.
    nearly: Option<(Value, &'static str)>,
    status: &'static str,
    /// On hand, reserved, seq.
    level: [i64; 3],
}

fn shipped() -> Value {
    json!({ "carrier": "Post", "tracking": "T1" })
}

fn asked(stage: &Stage, order: &Placed, verb: &str, version: &str, key: &str, body: &Value) -> Request {
    // Keys are the admin's, for all orders: these are of one order.
    let key = format!("{}-{key}", order.order_no);
    stage.admin(&format!("orders/{}/{verb}", order.order_no), &key, body).header("if-match", version)
}

async fn prepared(stage: &Stage, moved: &Move) -> Placed {
    let order = stage.order().await;
    for (verb, body) in &moved.before {
        asked(stage, &order, verb, "*", verb, body).send().await.expect(200);
    }
    order
}

async fn ended(stage: &Stage, order: &Placed, moved: &Move, fired: &Fired) {
    assert_eq!(stage.status(&order.order_no).await, moved.status, "{fired}");
    assert_eq!(stage.level(&order.sku).await, moved.level, "{fired}");
}

async fn go(stage: &Stage, moved: Move) {
    let Move { verb, body, .. } = &moved;
    let order = prepared(stage, &moved).await;
    let [.., seq] = stage.level(&order.sku).await;
    let fired = fire(&format!("{verb}, the same"), |_| asked(stage, &order, verb, "*", "one", body)).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    fired.replays_say_the_same(asked(stage, &order, verb, "*", "one", body)).await;
    ended(stage, &order, &moved, &fired).await;
    let (_, told) = fired.winner();
    // What it did to the stock, or that it did nothing.
    match moved.level[2] == seq {
        true => assert!(told.get("stock").is_none(), "{fired}"),
        false => assert_eq!(told["stock"][0]["seq"], moved.level[2], "{fired}"),
    }

    let order = prepared(stage, &moved).await;
    let each = |shot| asked(stage, &order, verb, "*", &format!("k{shot}"), body);
    let fired = fire(&format!("{verb}, keys of their own"), each).await;
    fired.expect(1, &["replayed"]);
    ended(stage, &order, &moved, &fired).await;

    let order = prepared(stage, &moved).await;
    let seen = stage.app.admin_get(&format!("/api/v1/admin/orders/{}", order.order_no)).send().await;
    let seen = seen.header("etag");
    let each = |shot| asked(stage, &order, verb, seen, &format!("k{shot}"), body);
    let fired = fire(&format!("{verb}, one version"), each).await;
    fired.expect(1, &["version_conflict"]);
    ended(stage, &order, &moved, &fired).await;

    if let Some((other, answer)) = &moved.nearly {
        let order = prepared(stage, &moved).await;
        let either = |shot: usize| if shot.is_multiple_of(2) { body } else { other };
        let each = |shot| asked(stage, &order, verb, "*", &format!("k{shot}"), either(shot));
        let fired = fire(&format!("{verb}, one or the other"), each).await;
        fired.expect(1, &["replayed", answer]);
        ended(stage, &order, &moved, &fired).await;
        let fired =
            fire(&format!("{verb}, one key for both"), |shot| asked(stage, &order, verb, "*", "both", either(shot)))
                .await;
        // Done already, by whichever came first.
        fired.expect(0, &["replayed", answer, "idempotency_key_reused", "idempotency_key_in_flight"]);
        ended(stage, &order, &moved, &fired).await;
    }
}

fn confirmed() -> (&'static str, Value) {
    ("confirm", json!({}))
}

fn packed() -> (&'static str, Value) {
    ("pack", json!({}))
}

const SOLD: [i64; 3] = [8, 0, 3];

pub(super) async fn confirm(stage: &Stage) {
    let (before, body) = (vec![], json!({}));
    go(stage, Move { before, verb: "confirm", body, nearly: None, status: "confirmed", level: SOLD }).await;
}

pub(super) async fn pack(stage: &Stage) {
    let (before, body) = (vec![confirmed()], json!({}));
    go(stage, Move { before, verb: "pack", body, nearly: None, status: "packed", level: SOLD }).await;
}

pub(super) async fn ship(stage: &Stage) {
    let (before, body) = (vec![confirmed(), packed()], shipped());
    let nearly = Some((json!({ "carrier": "Post", "tracking": "T2" }), "invalid_state"));
    go(stage, Move { before, verb: "ship", body, nearly, status: "shipped", level: SOLD }).await;
}

pub(super) async fn deliver(stage: &Stage) {
    let (before, body) = (vec![confirmed(), packed(), ("ship", shipped())], json!({}));
    go(stage, Move { before, verb: "deliver", body, nearly: None, status: "delivered", level: SOLD }).await;
}

pub(super) async fn return_goods(stage: &Stage) {
    let before = vec![confirmed(), packed(), ("ship", shipped()), ("deliver", json!({}))];
    let (level, body) = ([10, 0, 4], json!({ "restock": true }));
    go(stage, Move { before, verb: "return", body, nearly: None, status: "returned", level }).await;
    one_returns_it(stage).await;
}

/// Onto the shelf or not: whoever comes first decides, for all of it.
async fn one_returns_it(stage: &Stage) {
    let order = stage.order().await;
    for (verb, body) in [confirmed(), packed(), ("ship", shipped()), ("deliver", json!({}))] {
        asked(stage, &order, verb, "*", verb, &body).send().await.expect(200);
    }
    let fired = fire("return, to the shelf or not", |shot| {
        let body = json!({ "restock": shot.is_multiple_of(2) });
        asked(stage, &order, "return", "*", &format!("k{shot}"), &body)
    })
    .await;
    fired.expect(1, &["replayed", "invalid_state"]);
    let on_hand = stage.level(&order.sku).await[0];
    assert_eq!(on_hand, if fired.done()[0]["stock"][0]["on_hand_delta"] == 2 { 10 } else { 8 }, "{fired}");
}

pub(super) async fn extend(stage: &Stage) {
    let (before, body, level) = (vec![], json!({ "hold_ttl_s": 3600 }), [10, 2, 3]);
    go(stage, Move { before, verb: "extend", body, nearly: None, status: "payment_pending", level }).await;
    // Longer and longer: in whatever order they come, the longest stands, and nothing else moves.
    let order = stage.order().await;
    let fired = fire("extend, each longer", |shot| {
        asked(stage, &order, "extend", "*", &format!("k{shot}"), &json!({ "hold_ttl_s": 1_000 + shot }))
    })
    .await;
    assert_eq!(fired.count("done") + fired.count("replayed"), super::salvo::SHOTS, "{fired}");
    let seen = stage.app.admin_get(&format!("/api/v1/admin/orders/{}", order.order_no)).send().await.expect(200);
    assert_eq!(seen["expires_in_ms"], 1_000 * (1_000 + super::salvo::SHOTS - 1), "{fired}");
    let moves = i64::try_from(fired.count("done")).expect("a small number");
    assert_eq!(stage.level(&order.sku).await, [10, 2, 2 + moves], "{fired}");
}

pub(super) async fn cancel(stage: &Stage) {
    let (before, body, level) = (vec![], json!({ "reason": "none left" }), [10, 0, 3]);
    go(stage, Move { before, verb: "cancel", body, nearly: None, status: "cancelled", level }).await;
    // Confirmed before: then what was sold comes back.
    let (before, body, level) = (vec![confirmed()], json!({}), [10, 0, 4]);
    go(stage, Move { before, verb: "cancel", body, nearly: None, status: "cancelled", level }).await;
    // Half want it, half do not: whichever order they come in, it ends cancelled, and all of it is for sale.
    let order = stage.order().await;
    let fired = fire("cancel and confirm", |shot| {
        let verb = if shot.is_multiple_of(2) { "cancel" } else { "confirm" };
        asked(stage, &order, verb, "*", &format!("k{shot}"), &json!({}))
    })
    .await;
    // Cancelled before anybody confirmed, or after: nothing else can be done to it.
    fired.expect_some(1, &["replayed", "invalid_state"]);
    let cancelled = fired.shots("done").iter().filter(|shot| shot.is_multiple_of(2)).count();
    assert_eq!((cancelled, fired.count("done") <= 2), (1, true), "{fired}");
    assert_eq!(stage.status(&order.order_no).await, "cancelled", "{fired}");
    assert_eq!(stage.level(&order.sku).await[..2], [10, 0], "{fired}");
}

pub(super) async fn buyer_cancels(stage: &Stage) {
    let cancel = |order: &Placed, key: Option<&str>, reason: &str| {
        let path = format!("/api/v1/orders/{}/cancel", order.order_no);
        let request = stage.app.client.post(&path).bearer(&order.guest).json(&json!({ "reason": reason }));
        match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        }
    };
    let order = stage.order().await;
    let fired = fire("a buyer cancels, the same", |_| cancel(&order, Some("one"), "x")).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    fired.replays_say_the_same(cancel(&order, Some("one"), "x")).await;
    assert_eq!(fired.winner().1["stock"][0]["seq"], 3, "{fired}");
    assert_eq!(stage.level(&order.sku).await, [10, 0, 3], "{fired}");

    let order = stage.order().await;
    let fired = fire("a buyer cancels, without a key", |shot| cancel(&order, None, &format!("reason {shot}"))).await;
    fired.expect(1, &["replayed"]);
    assert_eq!(stage.level(&order.sku).await, [10, 0, 3], "{fired}");

    let order = stage.order().await;
    let fired = fire("a buyer cancels, one key", |shot| cancel(&order, Some("one"), &format!("reason {shot}"))).await;
    fired.expect(1, &["idempotency_key_reused", "idempotency_key_in_flight"]);
    assert_eq!(stage.level(&order.sku).await, [10, 0, 3], "{fired}");

    let order = stage.order().await;
    let guests = stage.guests(super::salvo::SHOTS).await;
    let stranger =
        |guest: &String| Placed { guest: guest.clone(), order_no: order.order_no.clone(), sku: order.sku.clone() };
    let strangers: Vec<Placed> = guests.iter().map(stranger).collect();
    let fired = fire("a buyer and others cancel", |shot| {
        cancel(if shot == 7 { &order } else { &strangers[shot] }, Some("one"), "x")
    })
    .await;
    fired.expect(1, &["not_found"]);
    assert_eq!(fired.shots("done"), [7], "who has no order cancels none: {fired}");
    assert_eq!(stage.status(&order.order_no).await, "cancelled", "{fired}");
    assert_eq!(stage.level(&order.sku).await, [10, 0, 3], "given back once: {fired}");
}
