//! Shoppers: sessions, carts, quotes, and the one thing they all want.

use std::cell::Cell;
use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use hyper::Method;
use serde_json::{Value, json};

use super::salvo::{SHOTS, fire};
use super::stage::Stage;
use crate::app::inr;
use crate::client::Request;

pub(super) async fn session(stage: &Stage) {
    let fired = fire("sessions", |_| stage.app.client.post("/api/v1/session")).await;
    fired.expect(SHOTS, &[]);
    let guests: BTreeSet<String> = fired.done().iter().map(|session| session["principal"].to_string()).collect();
    assert_eq!(guests.len(), SHOTS, "everybody is somebody else");
}

fn line(stage: &Stage, method: Method, guest: &str, path: &str, version: Option<&str>, body: &Value) -> Request {
    let request = stage.app.client.request(method, &format!("/api/v1/cart/items{path}")).bearer(guest).json(body);
    match version {
        Some(version) => request.header("if-match", version),
        None => request,
    }
}

/// The version, and how many of the first line.
async fn cart(stage: &Stage, guest: &str) -> (String, Option<i64>) {
    let cart = stage.app.client.get("/api/v1/cart").bearer(guest).send().await;
    let quantity = cart.expect(200)["lines"][0]["quantity"].as_i64();
    (cart.header("etag").to_owned(), quantity)
}

pub(super) async fn add_to_cart(stage: &Stage) {
    let (sku, guest) = (stage.goods(5).await, stage.app.guest().await);
    let item = |quantity: usize| json!({ "sku": sku, "quantity": quantity });
    let add = |version, quantity| line(stage, Method::POST, &guest, "", version, &item(quantity));
    let fired = fire("add to the cart", |_| add(None, 1)).await;
    fired.expect(SHOTS, &[]);
    assert_eq!(cart(stage, &guest).await.1, Some(50), "each adds one: {fired}");
    let (seen, _) = cart(stage, &guest).await;
    let fired = fire("add to the cart, one version", |_| add(Some(seen.as_str()), 1)).await;
    fired.expect(1, &["version_conflict"]);
    let (seen, quantity) = cart(stage, &guest).await;
    assert_eq!(quantity, Some(51), "{fired}");
    let fired = fire("add to the cart, so many more", |shot| add(Some(seen.as_str()), 1 + shot)).await;
    fired.expect(1, &["version_conflict"]);
    assert_eq!(cart(stage, &guest).await.1, fired.done()[0]["lines"][0]["quantity"].as_i64(), "{fired}");
}

pub(super) async fn change_cart(stage: &Stage) {
    let (sku, guest) = (stage.goods(5).await, stage.app.guest().await);
    line(stage, Method::POST, &guest, "", None, &json!({ "sku": sku, "quantity": 1 })).send().await.expect(200);
    let path = format!("/{sku}");
    let change =
        |version, quantity: usize| line(stage, Method::PUT, &guest, &path, version, &json!({ "quantity": quantity }));
    let fired = fire("change the cart, the same", |_| change(None, 3)).await;
    fired.expect(SHOTS, &[]);
    assert_eq!(cart(stage, &guest).await.1, Some(3), "{fired}");
    let (seen, _) = cart(stage, &guest).await;
    let fired = fire("change the cart, one version", |shot| change(Some(seen.as_str()), 10 + shot)).await;
    fired.expect(1, &["version_conflict"]);
    assert_eq!(cart(stage, &guest).await.1, fired.done()[0]["lines"][0]["quantity"].as_i64(), "{fired}");
    let fired = fire("change the cart, any version", |shot| change(None, 100 + shot)).await;
    fired.expect(SHOTS, &[]);
    assert!(cart(stage, &guest).await.1.is_some_and(|quantity| (100..150).contains(&quantity)), "{fired}");
}

pub(super) async fn empty_cart(stage: &Stage) {
    let (sku, guest) = (stage.goods(5).await, stage.app.guest().await);
    let path = format!("/{sku}");
    let fill = || line(stage, Method::POST, &guest, "", None, &json!({ "sku": sku, "quantity": 1 })).send();
    let remove = |version| line(stage, Method::DELETE, &guest, &path, version, &json!({}));
    fill().await.expect(200);
    let (seen, _) = cart(stage, &guest).await;
    let fired = fire("empty the cart, one version", |_| remove(Some(seen.as_str()))).await;
    fired.expect(1, &["version_conflict"]);
    assert_eq!(cart(stage, &guest).await.1, None, "{fired}");
    fill().await.expect(200);
    let fired = fire("empty the cart, any version", |_| remove(None)).await;
    fired.expect(SHOTS, &[]);
    assert_eq!(cart(stage, &guest).await.1, None, "{fired}");
}

pub(super) async fn quote(stage: &Stage) {
    let (sku, guest) = (stage.goods(5).await, stage.app.guest().await);
    let quote = |quantity: usize| {
        let body = json!({ "items": [{ "sku": sku, "quantity": quantity }] });
        stage.app.client.post("/api/v1/checkout/quote").bearer(&guest).json(&body)
    };
    fire("a quote, the same", |_| quote(1)).await.expect(SHOTS, &[]);
    let fired = fire("a quote, of so many", |shot| quote(1 + shot)).await;
    fired.expect(SHOTS, &[]);
    for (shot, quoted) in fired.shots("done").into_iter().zip(fired.done()) {
        assert_eq!(quoted["totals"]["grand"], inr(129_900 * (1 + small(shot))), "each is told its own: {fired}");
    }
    assert_eq!(stage.level(&sku).await, [5, 0, 1], "asking holds nothing");
}

pub(super) async fn checkout(stage: &Stage) {
    one_key(stage).await;
    keys_of_their_own(stage).await;
    carts(stage).await;
    limited(stage).await;
    crossing(stage).await;
}

fn buy(stage: &Stage, guest: &str, key: &str, body: &Value) -> Request {
    stage.app.client.post("/api/v1/checkout").bearer(guest).header("idempotency-key", key).json(body)
}

async fn one_key(stage: &Stage) {
    let (sku, guest) = (stage.goods(20).await, stage.app.guest().await);
    let body = stage.basket(&[(&sku, 2)]).await;
    let fired = fire("checkout, the same", |_| buy(stage, &guest, "one", &body)).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    fired.replays_say_the_same(buy(stage, &guest, "one", &body)).await;
    assert_eq!(stage.level(&sku).await, [20, 2, 2], "{fired}");

    let order = fired.winner().1["order_no"].clone();
    let bodies: Vec<Value> = (0..SHOTS).map(|shot| nearly(&body, shot)).collect();
    let fired = fire("checkout, one key for all", |shot| buy(stage, &guest, "two", &bodies[shot])).await;
    fired.expect(1, &["idempotency_key_reused", "idempotency_key_in_flight"]);
    assert_eq!(stage.level(&sku).await, [20, 4, 3], "{fired}");
    let (winner, placed) = fired.winner();
    let order_no = placed["order_no"].as_str().expect("a number");
    let address = stage.app.order(&guest, order_no).await.expect(200)["address"]["line1"].clone();
    assert_eq!(address, bodies[winner]["address"]["line1"], "it goes where who won wants it: {fired}");

    // A key is its owner's.
    let guests = stage.guests(SHOTS).await;
    let fired = fire("checkout, everybody with the same key", |shot| buy(stage, &guests[shot], "one", &body)).await;
    fired.expect(8, &["out_of_stock"]);
    assert_eq!(stage.level(&sku).await, [20, 20, 11], "{fired}");
    // Sold out, and whoever has an order is still told so.
    let fired = fire("checkout, again after it is sold out", |_| buy(stage, &guest, "one", &body)).await;
    fired.expect(0, &["replayed"]);
    assert!(fired.told("replayed").iter().all(|told| told["order_no"] == order), "{fired}");
}

/// The same goods at the same price, for somebody else's door.
fn nearly(body: &Value, shot: usize) -> Value {
    let mut body = body.clone();
    body["address"]["line1"] = json!(format!("{shot} MG Road"));
    body
}

async fn keys_of_their_own(stage: &Stage) {
    let (sku, guest) = (stage.goods(20).await, stage.app.guest().await);
    let body = stage.basket(&[(&sku, 1)]).await;
    let fired = fire("checkout, keys of their own", |shot| buy(stage, &guest, &format!("k{shot}"), &body)).await;
    fired.expect(20, &["out_of_stock"]);
    assert_eq!(stage.level(&sku).await, [20, 20, 21], "{fired}");
    let seqs: BTreeSet<i64> = fired.done().iter().filter_map(|order| order["lines"][0]["seq"].as_i64()).collect();
    assert_eq!(seqs, (2..22).collect(), "each is told a change of its own");
}

async fn carts(stage: &Stage) {
    let (sku, guest) = (stage.goods(20).await, stage.app.guest().await);
    let item = json!({ "sku": sku, "quantity": 2 });
    let mut body = stage.basket(&[(&sku, 2)]).await;
    body.as_object_mut().expect("an object").remove("items");
    line(stage, Method::POST, &guest, "", None, &item).send().await.expect(200);
    let fired =
        fire("checkout of one cart, keys of their own", |shot| buy(stage, &guest, &format!("c{shot}"), &body)).await;
    fired.expect(1, &["completion_in_progress", "cart_converted"]);
    assert_eq!(stage.level(&sku).await, [20, 2, 2], "{fired}");
    line(stage, Method::POST, &guest, "", None, &item).send().await.expect(200);
    let fired = fire("checkout of one cart, the same", |_| buy(stage, &guest, "one", &body)).await;
    fired.expect(1, &["replayed", "idempotency_key_in_flight"]);
    assert_eq!(stage.level(&sku).await, [20, 4, 3], "{fired}");
    filled_while_it_is_bought(stage, &body).await;
}

/// Tabs go on filling a cart while another buys it, and some time after: what was in it then is bought, and what came later is
/// still there. What they add costs nothing, so that the total is right however much of it is in the cart.
async fn filled_while_it_is_bought(stage: &Stage, body: &Value) {
    let (sku, gift, guest) = (stage.goods(20).await, stage.name("gift"), stage.app.guest().await);
    let variant = json!({ "sku": gift, "price": inr(0) });
    let product = json!({ "title": "Gift", "slug": gift, "status": "active", "variants": [variant] });
    stage.admin("products", &gift, &product).send().await.expect(201);
    stage.app.receive(&gift, 1_000_000).await;
    let add = async |sku: &str, quantity: i64| {
        line(stage, Method::POST, &guest, "", None, &json!({ "sku": sku, "quantity": quantity })).send().await
    };
    add(&sku, 2).await.expect(200);
    let over = Cell::new(false);
    let buyer = async {
        let answer = buy(stage, &guest, "one", body).send().await;
        over.set(true);
        answer.expect(201)
    };
    let tab = async |_| {
        let mut added = 0;
        loop {
            let last = over.get();
            let answer = add(&gift, 1).await;
            if answer.status == 200 {
                added += 1;
            } else {
                answer.problem(409, "completion_in_progress");
            }
            if last {
                return added;
            }
        }
    };
    let (tabs, _) = join(join_all((0..10).map(tab)), buyer).await;
    let ([_, bought, _], added) = (stage.level(&gift).await, tabs.iter().sum::<i64>());
    assert_eq!(stage.level(&sku).await, [20, 2, 2]);
    assert_eq!(cart(stage, &guest).await.1, Some(added - bought), "{added} were added, {bought} of them bought");
}

async fn limited(stage: &Stage) {
    let (sku, guest) = (stage.name("drop"), stage.app.guest().await);
    let variant = json!({ "sku": sku, "price": inr(100), "purchase_limit": { "max": 3 } });
    let product = json!({ "title": "Drop", "slug": sku, "status": "active", "variants": [variant] });
    stage.admin("products", &sku, &product).send().await.expect(201);
    stage.app.receive(&sku, 100).await;
    let body = stage.basket(&[(&sku, 1)]).await;
    let fired = fire("checkout, three a buyer", |shot| buy(stage, &guest, &format!("k{shot}"), &body)).await;
    fired.expect(3, &["purchase_limit_reached"]);
    assert_eq!(stage.level(&sku).await[..2], [100, 3], "{fired}");
}

/// Three lines of four SKUs, in every order: all of it or nothing, and nobody waits for somebody who waits for him.
async fn crossing(stage: &Stage) {
    let skus = [stage.goods(30).await, stage.goods(30).await, stage.goods(30).await, stage.goods(30).await];
    let (guests, mut bodies) = (stage.guests(SHOTS).await, Vec::new());
    for shot in 0..SHOTS {
        let at = |line: usize| skus[(shot + line * (1 + shot % 3)) % 4].as_str();
        let [one, two] = [at(0), at(1)];
        let three = skus.iter().rfind(|sku| *sku != one && *sku != two).expect("there are four");
        bodies.push(stage.basket(&[(one, 1), (two, 1), (three, 1)]).await);
    }
    let fired = fire("checkout, three lines", |shot| buy(stage, &guests[shot], "one", &bodies[shot])).await;
    // Who is refused lacks something.
    fired.expect_some(30, &["out_of_stock"]);
    let mut held = 0;
    for sku in &skus {
        let [on_hand, reserved, _] = stage.level(sku).await;
        assert!(on_hand == 30 && reserved <= 30, "{fired}");
        held += reserved;
    }
    assert_eq!(held, 3 * small(fired.count("done")), "{fired}");
}

fn small(number: usize) -> i64 {
    i64::try_from(number).expect("a small number")
}
