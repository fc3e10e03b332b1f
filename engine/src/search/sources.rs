//! What the index is made from.

use std::collections::HashMap;
use std::sync::Arc;

use search_index::{Availability, ProductDocument};

use crate::catalog::{Catalog, ProductDetail};
use crate::clock::{Clock, Timestamp};
use crate::id::{ProductId, StoreId};
use crate::outbox::Outbox;
use crate::postgres::Database;

use super::error::Error;
use super::projection;
use super::store::{self, Stock};

/// Cheap to clone.
#[derive(Clone)]
pub struct Sources {
    pub(super) database: Database,
    pub(super) catalog: Catalog,
    pub(super) outbox: Outbox,
    pub(super) clock: Arc<dyn Clock>,
}

/// A product as the index shall have it.
pub(super) struct Projected {
    pub(super) id: ProductId,
    pub(super) version: u64,
    /// None: it shall not be found.
    pub(super) document: Option<ProductDocument>,
    /// When it changes by schedule.
    pub(super) until: Option<Timestamp>,
}

/// Rows read at once where everything is read.
const PAGE: i64 = 500;
const STOCK_PAGE: i64 = 5_000;

impl Sources {
    pub fn new(database: Database, catalog: Catalog, clock: Arc<dyn Clock>) -> Self {
        let outbox = Outbox::new(database.clone());
        Self { database, catalog, outbox, clock }
    }

    pub(super) async fn products(&self, store: StoreId, ids: Vec<ProductId>) -> Result<Vec<Projected>, Error> {
        let details = self.catalog.product_details(store, ids).await?;
        self.project(details).await
    }

    /// A page of a store's products, in the order of their ids.
    pub(super) async fn page(&self, store: StoreId, after: Option<ProductId>) -> Result<Vec<Projected>, Error> {
        let details = self.catalog.product_page_after(store, after, PAGE).await?;
        self.project(details).await
    }

    /// Tells `hear` the availability of every product there is.
    pub(super) async fn every_availability(
        &self,
        mut hear: impl FnMut(&[(String, Availability)]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page: Vec<Stock> = self
                .database
                .run(move |mut connection| async move {
                    Ok::<_, Error>(store::stock_after(&mut connection, after, STOCK_PAGE).await?)
                })
                .await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.product);
            hear(&availabilities(&page))?;
        }
    }

    async fn project(&self, details: Vec<ProductDetail>) -> Result<Vec<Projected>, Error> {
        let ids: Vec<ProductId> = details.iter().map(|detail| detail.product.id).collect();
        let stock: HashMap<ProductId, Stock> =
            self.database
                .run(move |mut connection| async move {
                    Ok::<_, Error>(store::stock_of_products(&mut connection, &ids).await?)
                })
                .await?;
        let now = self.clock.now();
        let project = |detail: ProductDetail| {
            let sellable = stock.get(&detail.product.id).map_or(0, |stock| stock.sellable);
            Projected {
                id: detail.product.id,
                version: projection::version(&detail),
                document: projection::document(&detail, sellable, now),
                until: detail.next_boundary(now).filter(|_| detail.is_public()),
            }
        };
        Ok(details.into_iter().map(project).collect())
    }
}

pub(super) fn availabilities(stock: &[Stock]) -> Vec<(String, Availability)> {
    let told = |stock: &Stock| (stock.product.to_string(), projection::availability(stock.policy, stock.sellable));
    stock.iter().map(told).collect()
}
