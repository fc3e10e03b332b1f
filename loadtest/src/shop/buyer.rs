//! What a shopper says and hears.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::http::{Client, Request, Target};

/// A guest with a session, or somebody who has signed in.
#[derive(Deserialize)]
pub(crate) struct Buyer {
    token: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Item<'a> {
    pub(crate) sku: &'a str,
    pub(crate) quantity: i64,
}

/// The body of checkout and of its quote. Without items it is the buyer's cart.
#[derive(Serialize)]
pub(crate) struct Purchase<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a [Item<'a>]>,
    contact: Contact<'a>,
    address: Address<'a>,
    shipping_method: &'a str,
    payment_method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_total: Option<&'a Money>,
    /// How long the goods are to be held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hold_ttl_s: Option<u64>,
}

#[derive(Serialize)]
struct Contact<'a> {
    email: &'a str,
    phone: &'a str,
}

#[derive(Serialize)]
struct Address<'a> {
    name: &'a str,
    line1: &'a str,
    city: &'a str,
    postal_code: &'a str,
    country: &'a str,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Money {
    pub(crate) amount: i64,
    pub(crate) currency: String,
}

impl<'a> Purchase<'a> {
    pub(crate) fn new(
        items: Option<&'a [Item<'a>]>,
        payment_method: &'a str,
        expected_total: Option<&'a Money>,
    ) -> Self {
        Self {
            items,
            contact: Contact { email: "shopper@example.com", phone: "+919800000000" },
            address: Address {
                name: "A Shopper",
                line1: "1 Market Road",
                city: "Bengaluru",
                postal_code: "560001",
                country: "IN",
            },
            shipping_method: "standard",
            payment_method,
            expected_total,
            hold_ttl_s: None,
        }
    }
}

/// The answer to a checkout.
#[derive(Debug, Deserialize)]
pub(crate) struct Placed<'a> {
    #[serde(borrow)]
    pub(crate) order_no: Cow<'a, str>,
    pub(crate) totals: PlacedTotals,
    #[serde(borrow)]
    pub(crate) lines: Vec<PlacedLine<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PlacedTotals {
    pub(crate) grand: Amount,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Amount {
    pub(crate) amount: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PlacedLine<'a> {
    #[serde(borrow)]
    pub(crate) sku: Cow<'a, str>,
    pub(crate) quantity: i64,
    /// Where it is promised from.
    #[serde(borrow, default)]
    pub(crate) location_id: Cow<'a, str>,
    #[serde(default)]
    pub(crate) seq: Option<i64>,
}

/// The answer to a cancellation.
#[derive(Debug, Deserialize)]
pub(crate) struct Cancelled<'a> {
    #[serde(borrow, default)]
    pub(crate) stock: Vec<Moved<'a>>,
}

/// A change of stock that a request made.
#[derive(Debug, Deserialize)]
pub(crate) struct Moved<'a> {
    #[serde(borrow)]
    pub(crate) sku: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) location_id: Cow<'a, str>,
    pub(crate) on_hand_delta: i64,
    pub(crate) reserved_delta: i64,
    pub(crate) seq: i64,
}

impl Buyer {
    /// A new guest.
    pub(crate) async fn arrive(client: &Client) -> anyhow::Result<Self> {
        let request = Request::post(&client.target, "/api/v1/session").empty();
        let reply = client.ask(&request).await?.expect_success("a guest session")?;
        reply.read("a guest session")
    }

    /// Somebody who has signed in.
    pub(crate) fn with_token(token: String) -> Self {
        Self { token }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// What `items` cost now, shipping and tax included.
    pub(crate) async fn quote(
        &self,
        client: &Client,
        items: &[Item<'_>],
        payment_method: &str,
    ) -> anyhow::Result<Money> {
        #[derive(Deserialize)]
        struct Quote {
            totals: QuoteTotals,
        }
        #[derive(Deserialize)]
        struct QuoteTotals {
            grand: Money,
        }
        let body = Purchase::new(Some(items), payment_method, None);
        let request = Request::post(&client.target, "/api/v1/checkout/quote").bearer(&self.token).json_of(&body);
        let quote: Quote = client.ask(&request).await?.expect_success("a quote")?.read("a quote")?;
        Ok(quote.totals.grand)
    }

    pub(crate) fn checkout(&self, target: &Target, key: &str, purchase: &Purchase<'_>) -> Request {
        Request::post(target, "/api/v1/checkout").bearer(&self.token).header("idempotency-key", key).json_of(purchase)
    }

    pub(crate) fn add_to_cart(&self, target: &Target, key: &str, item: &Item<'_>) -> Request {
        Request::post(target, "/api/v1/cart/items").bearer(&self.token).header("idempotency-key", key).json_of(item)
    }

    pub(crate) fn cancel(&self, target: &Target, order_no: &str, key: &str) -> Request {
        Request::post(target, &format!("/api/v1/orders/{order_no}/cancel"))
            .bearer(&self.token)
            .header("idempotency-key", key)
            .empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purchase_of_the_cart_names_no_items() {
        let cart = serde_json::to_value(Purchase::new(None, "manual", None)).unwrap();
        assert!(cart.get("items").is_none() && cart.get("expected_total").is_none());
        let total = Money { amount: 259_800, currency: "INR".into() };
        let items = [Item { sku: "A", quantity: 2 }];
        let buy_now = serde_json::to_value(Purchase::new(Some(&items), "manual", Some(&total))).unwrap();
        assert_eq!(buy_now["items"], serde_json::json!([{ "sku": "A", "quantity": 2 }]));
        assert_eq!(buy_now["expected_total"], serde_json::json!({ "amount": 259_800, "currency": "INR" }));
    }
}
