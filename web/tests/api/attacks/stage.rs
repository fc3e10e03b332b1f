//! What attacks are made with: goods, guests and orders of their own, so that no attack meets another's.

use std::cell::Cell;

use hyper::Method;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp, purchase};
use crate::client::Request;

pub(super) struct Stage {
    pub(super) app: TestApp,
    made: Cell<usize>,
}

/// A guest's order, and of what.
pub(super) struct Placed {
    pub(super) guest: String,
    pub(super) order_no: String,
    pub(super) sku: String,
}

impl Stage {
    pub(super) fn new(app: TestApp) -> Self {
        Self { app, made: Cell::new(0) }
    }

    /// A name that nothing else has.
    pub(super) fn name(&self, what: &str) -> String {
        self.made.set(self.made.get() + 1);
        format!("{what}-{}", self.made.get())
    }

    /// A SKU of which there are so many, at 1299.00.
    pub(super) async fn goods(&self, units: i64) -> String {
        let sku = self.name("sku");
        self.app.create_product(&sku, &[&sku]).await;
        if units > 0 {
            self.app.receive(&sku, units).await;
        }
        sku
    }

    /// Two of a new SKU of which there are ten.
    pub(super) async fn order(&self) -> Placed {
        let sku = self.goods(10).await;
        let guest = self.app.guest().await;
        let order = self.app.checkout(&guest, "stage", &self.basket(&[(&sku, 2)]).await).await.expect(201);
        Placed { guest, sku, order_no: order["order_no"].as_str().expect("a number").to_owned() }
    }

    /// A purchase at its price.
    pub(super) async fn basket(&self, items: &[(&str, i64)]) -> Value {
        let mut body = purchase(items, 0);
        let quote = self.app.quote(&self.app.guest().await, &json!({ "items": body["items"] })).await.expect(200);
        body["expected_total"] = quote["totals"]["grand"].clone();
        body
    }

    pub(super) async fn guests(&self, how_many: usize) -> Vec<String> {
        let mut guests = Vec::with_capacity(how_many);
        for _ in 0..how_many {
            guests.push(self.app.guest().await);
        }
        guests
    }

    /// On hand, reserved, and the number of the last change, where it is sold from.
    pub(super) async fn level(&self, sku: &str) -> [i64; 3] {
        let level = self.app.stock(sku).await;
        ["on_hand", "reserved", "seq"].map(|part| level[part].as_i64().expect("a number"))
    }

    pub(super) async fn status(&self, order_no: &str) -> String {
        let order = self.app.admin_get(&format!("/api/v1/admin/orders/{order_no}")).send().await.expect(200);
        order["status"].as_str().expect("a status").to_owned()
    }

    /// A change of the admin's on whatever version is there, with a key.
    pub(super) fn admin(&self, path: &str, key: &str, body: &Value) -> Request {
        self.app.admin_post(&format!("/api/v1/admin/{path}"), body).header("idempotency-key", key)
    }

    pub(super) fn admin_patch(&self, path: &str, version: &str, body: &Value) -> Request {
        let request = self.app.client.request(Method::PATCH, path).bearer(OPERATOR_KEY);
        request.header("if-match", version).json(body)
    }

    /// How many things a list has.
    pub(super) async fn count(&self, path: &str) -> usize {
        let mut count = 0;
        let mut cursor = String::new();
        loop {
            let page = self.app.admin_get(&format!("{path}?limit=100{cursor}")).send().await.expect(200);
            count += page["data"].as_array().expect("a list").len();
            match page["page"]["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return count,
            }
        }
    }
}
