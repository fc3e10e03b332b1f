//! The shop that is tortured: few SKUs, little stock, short holds, purchase limits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::buyer::Guest;
use super::wire::{Ask, Reply, Wire};

pub(crate) const OPERATOR_KEY: &str = "sk_torture-operator-key-0123456789abcdef";

/// How long an unpaid order holds its goods.
pub(crate) const HOLD_TTL_S: i64 = 2;
const OPENING_STOCK: i64 = 12;
const SET_UP: Duration = Duration::from_secs(60);
/// Far longer than anybody waits for a new title: for a machine that has other things to do.
const SEARCH: Duration = Duration::from_secs(20);
/// Most units of one purchase.
pub(crate) const UNITS_MAX: i64 = 6;

pub(crate) struct Shop {
    /// The id of what all SKUs are variants of.
    pub(crate) product: String,
    pub(crate) skus: Vec<&'static str>,
    /// What a purchase comes to, by the number of its units: all cost the same.
    pub(crate) grand_minor: BTreeMap<i64, i64>,
}

/// With the most that one buyer may have.
const GOODS: [(&str, Option<i64>); 4] = [("FREE", None), ("TWO", Some(2)), ("THREE", Some(3)), ("PLENTY", None)];

/// For the regulars: there is always enough of the one, and there was one of the other, once.
pub(super) const HEAP: &str = "HEAP";
pub(super) const GONE: &str = "GONE";
const HEAPED: i64 = 1_000_000;

/// Whoever looks after this shop has a key, put where the servers look for it and told as one of them would tell it.
pub(crate) async fn hand_out_key(client: &tokio_postgres::Client) -> anyhow::Result<()> {
    let scopes = ["catalog:read", "catalog:write", "stock:read", "stock:write", "orders:read", "orders:write"];
    let key = "with key as (select gen_random_uuid() as id)
               insert into api_keys (id, store_id, family_id, name, kind, prefix, secret_hash, scopes)
               select key.id, stores.id, key.id, 'torture', 'secret', 'sk_tort', sha256(convert_to($1, 'UTF8')), $2
               from key, stores";
    client.execute(key, &[&OPERATOR_KEY, &scopes.as_slice()]).await.context("handing out a key")?;
    let told = "insert into outbox (store_id, topic, payload) select id, 'identity', '{\"keys\": true}' from stores";
    client.execute(told, &[]).await.context("telling of it")?;
    Ok(())
}

pub(crate) async fn set_up(ports: &Arc<[u16]>) -> anyhow::Result<Shop> {
    let mut wire = Wire::new(ports);
    let money = json!({ "amount": 10_000, "currency": "INR" });
    let variants: Vec<Value> = GOODS
        .iter()
        .chain(&[(HEAP, None), (GONE, None)])
        .map(|(sku, limit)| {
            let mut variant = json!({ "sku": sku, "mrp": money, "price": money, "hold_ttl_s": HOLD_TTL_S });
            if let Some(max) = limit {
                variant["purchase_limit"] = json!({ "max": max });
            }
            variant
        })
        .collect();
    let product = json!({ "slug": "torture", "title": "Torture", "status": "active", "availability": "exact", "variants": variants });
    let create =
        Ask::post("/api/v1/admin/products").bearer(OPERATOR_KEY).header("idempotency-key", "product").json(product);
    let product = until_done(&mut wire, &create, "making the product").await?.json();
    let product = product["id"].as_str().context("a product without an id")?.to_owned();
    for (sku, _) in GOODS {
        let receive = receive(sku, OPENING_STOCK, &format!("opening-{sku}"));
        until_done(&mut wire, &receive, "the first delivery").await?;
    }
    for change in
        [receive(HEAP, HEAPED, "opening-heap"), receive(GONE, 1, "opening-gone"), lose(GONE, 1, "opening-loss")]
    {
        until_done(&mut wire, &change, "what the regulars want").await?;
    }
    let buyer = session(&mut wire).await?;
    let mut grand_minor = BTreeMap::new();
    for units in 1..=UNITS_MAX {
        let items = json!([{ "sku": GOODS[0].0, "quantity": units }]);
        let quote =
            Ask::post("/api/v1/checkout/quote").bearer(&buyer.token).json(purchase(Some(items), "manual", None));
        let quote = until_done(&mut wire, &quote, "a quote").await?.json();
        let grand = quote["totals"]["grand"]["amount"].as_i64().context("a quote without a total")?;
        grand_minor.insert(units, grand);
    }
    Ok(Shop { product, skus: GOODS.iter().map(|(sku, _)| *sku).collect(), grand_minor })
}

pub(crate) fn receive(sku: &str, quantity: i64, key: &str) -> Ask {
    let body = json!({ "quantity": quantity, "reference": key });
    Ask::post(format!("/api/v1/admin/stock/{sku}/receive"))
        .bearer(OPERATOR_KEY)
        .header("idempotency-key", key)
        .json(body)
}

pub(crate) fn lose(sku: &str, quantity: i64, key: &str) -> Ask {
    let body = json!({ "delta": -quantity, "reason": "not found", "reference": key });
    Ask::post(format!("/api/v1/admin/stock/{sku}/adjust"))
        .bearer(OPERATOR_KEY)
        .header("idempotency-key", key)
        .json(body)
}

/// A new guest.
pub(crate) async fn session(wire: &mut Wire) -> anyhow::Result<Guest> {
    let reply = until_done(wire, &Ask::post("/api/v1/session"), "a session").await?;
    Guest::read(&reply.json()).context("a session of nobody, or without a token")
}

/// The body of a checkout and of its quote; without items it is the cart.
pub(crate) fn purchase(items: Option<Value>, payment: &str, expected_minor: Option<i64>) -> Value {
    let mut body = json!({
        "contact": { "email": "shopper@example.com", "phone": "+919800000000" },
        "address": { "name": "A Shopper", "line1": "1 Market Road", "city": "Bengaluru", "postal_code": "560001", "country": "IN" },
        "shipping_method": "standard",
        "payment_method": payment,
    });
    if let Some(items) = items {
        body["items"] = items;
    }
    if let Some(minor) = expected_minor {
        body["expected_total"] = json!({ "amount": minor, "currency": "INR" });
    }
    body
}

/// What the shop finds is what it was last told, a moment after all is calm.
pub(crate) async fn search_catches_up(ports: &Arc<[u16]>, product: &str) -> anyhow::Result<bool> {
    let mut wire = Wire::new(ports);
    let ask = Ask::get(format!("/api/v1/admin/products/{product}")).bearer(OPERATOR_KEY);
    let title = until_done(&mut wire, &ask, "the product").await?.json()["title"].clone();
    let begun = Instant::now();
    while begun.elapsed() < SEARCH {
        let found = until_done(&mut wire, &Ask::get("/api/v1/products?q=torture"), "a search").await?.json();
        if found["data"][0]["title"] == title {
            return Ok(true);
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

/// Asks again until somebody does it. For what may be repeated.
pub(crate) async fn until_done(wire: &mut Wire, ask: &Ask, what: &str) -> anyhow::Result<Reply> {
    let begun = Instant::now();
    let mut last = String::new();
    while begun.elapsed() < SET_UP {
        match wire.ask(ask).await {
            Ok(reply) if (200..300).contains(&reply.status) => return Ok(reply),
            Ok(reply) => {
                last = format!("{} {}", reply.status, reply.text());
                wire.turn_to_the_other();
            }
            Err(why) => last = why,
        }
        sleep(Duration::from_millis(50)).await;
    }
    bail!("{what}: not within {} s, lately {last}", SET_UP.as_secs())
}
