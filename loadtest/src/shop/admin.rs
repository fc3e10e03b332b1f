//! What the admin says and hears: products and stock before the sale, orders and books after it.

use std::borrow::Cow;

use anyhow::bail;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::http::{Client, Reply, Request};

pub(crate) struct Admin {
    pub(crate) client: Client,
    pub(super) key: String,
}

/// A product with a variant for each SKU, all at one price.
pub(crate) struct NewProduct<'a> {
    pub(crate) slug: &'a str,
    pub(crate) title: &'a str,
    pub(crate) skus: &'a [String],
    pub(crate) mrp_minor: i64,
    pub(crate) price_minor: i64,
    pub(crate) currency: &'a str,
}

/// A page of a list.
#[derive(Deserialize)]
pub(super) struct Listed<T> {
    pub(super) data: Vec<T>,
    page: Page,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    next_cursor: Option<String>,
    has_more: bool,
}

impl<T> Listed<T> {
    /// With which the list goes on, if it does.
    pub(super) fn next_cursor(&self) -> Option<&str> {
        self.page.next_cursor.as_deref().filter(|_| self.page.has_more)
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct ListedOrder {
    pub(crate) order_no: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) idempotency_key: Option<String>,
    pub(crate) totals: ListedTotals,
    pub(crate) lines: Vec<ListedLine>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ListedTotals {
    pub(crate) grand: ListedAmount,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ListedAmount {
    pub(crate) amount: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ListedLine {
    pub(crate) sku: String,
    pub(crate) quantity: i64,
}

/// The durable level of a SKU at one location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Level {
    #[serde(default)]
    pub(crate) location_id: String,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    #[serde(default)]
    pub(crate) safety: i64,
    pub(crate) seq: i64,
}

/// A row of the stock ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Entry {
    #[serde(default)]
    pub(crate) location_id: String,
    #[serde(default)]
    pub(crate) batch: i64,
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) order_id: Option<String>,
    pub(crate) seq: i64,
    #[serde(default)]
    pub(crate) on_hand_delta: i64,
    #[serde(default)]
    pub(crate) reserved_delta: i64,
}

/// The answer to a delivery.
#[derive(Debug, Deserialize)]
pub(crate) struct Received {
    #[serde(default)]
    pub(crate) changes: Vec<NumberedChange>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NumberedChange {
    pub(crate) location_id: String,
    pub(crate) seq: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ListedHold {
    pub(crate) quantity: i64,
}

const PAGE: usize = 100;

impl Admin {
    pub(crate) fn new(client: Client, key: String) -> Self {
        Self { client, key }
    }

    pub(crate) async fn create_product(&self, product: &NewProduct<'_>) -> anyhow::Result<()> {
        let money = |amount: i64| json!({ "amount": amount, "currency": product.currency });
        let variants: Vec<_> = product
            .skus
            .iter()
            .map(|sku| json!({ "sku": sku, "mrp": money(product.mrp_minor), "price": money(product.price_minor) }))
            .collect();
        let body = json!({ "slug": product.slug, "title": product.title, "status": "active", "variants": variants });
        self.post("/api/v1/admin/products", product.slug, &body).await?;
        Ok(())
    }

    /// New goods on the shelf; the same `delivery` is received once.
    pub(crate) async fn receive(&self, sku: &str, quantity: i64, delivery: &str) -> anyhow::Result<Received> {
        let body = json!({ "quantity": quantity, "reference": "load test" });
        let path = format!("/api/v1/admin/stock/{sku}/receive");
        self.post(&path, &format!("{delivery}-{sku}"), &body).await?.read(&path)
    }

    /// The order's money is there.
    pub(crate) fn confirm(&self, order_no: &str) -> Request {
        let path = format!("/api/v1/admin/orders/{order_no}/confirm");
        Request::post(&self.client.target, &path).bearer(&self.key).header("if-match", "*").empty()
    }

    /// One level per location.
    pub(crate) async fn levels(&self, sku: &str) -> anyhow::Result<Vec<Level>> {
        #[derive(Deserialize)]
        struct Stock {
            locations: Vec<Level>,
        }
        let stock: Stock = self.get(&format!("/api/v1/admin/stock/{sku}")).await?;
        Ok(stock.locations)
    }

    /// Every order with a line of `sku`, given to `each` as it comes.
    pub(crate) async fn orders_of(&self, sku: &str, each: impl FnMut(ListedOrder)) -> anyhow::Result<()> {
        self.walk(&format!("/api/v1/admin/orders?sku={sku}&limit={PAGE}"), each).await
    }

    pub(crate) async fn orders_with_key(&self, key: &str) -> anyhow::Result<Vec<ListedOrder>> {
        let mut found = Vec::new();
        self.walk(&format!("/api/v1/admin/orders?idempotency_key={key}&limit={PAGE}"), |order| found.push(order))
            .await?;
        Ok(found)
    }

    pub(crate) async fn ledger_of(&self, sku: &str, each: impl FnMut(Entry)) -> anyhow::Result<()> {
        self.walk(&format!("/api/v1/admin/stock/{sku}/ledger?limit={PAGE}"), each).await
    }

    /// Holds that hold, not those that ended.
    pub(crate) async fn holds_of(&self, sku: &str, each: impl FnMut(ListedHold)) -> anyhow::Result<()> {
        self.walk(&format!("/api/v1/admin/stock/{sku}/holds?state=held&limit={PAGE}"), each).await
    }

    async fn walk<T: DeserializeOwned>(&self, path: &str, mut each: impl FnMut(T)) -> anyhow::Result<()> {
        let mut cursor: Option<String> = None;
        loop {
            let here: Cow<'_, str> = match &cursor {
                None => path.into(),
                Some(cursor) => format!("{path}&cursor={cursor}").into(),
            };
            let Listed { data, page } = self.get::<Listed<T>>(&here).await?;
            data.into_iter().for_each(&mut each);
            match (page.has_more, page.next_cursor) {
                (false, _) => return Ok(()),
                (true, None) => bail!("{here}: there is more, but no cursor to get it with"),
                (true, next) if next == cursor => bail!("{here}: the cursor does not move"),
                (true, next) => cursor = next,
            }
        }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let request = Request::get(&self.client.target, path).bearer(&self.key).empty();
        self.client.ask(&request).await?.expect_success(path)?.read(path)
    }

    pub(super) async fn post(&self, path: &str, key: &str, body: &impl Serialize) -> anyhow::Result<Reply> {
        let request =
            Request::post(&self.client.target, path).bearer(&self.key).header("idempotency-key", key).json_of(body);
        self.client.ask(&request).await?.expect_success(path)
    }
}
