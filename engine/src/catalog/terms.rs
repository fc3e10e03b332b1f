//! What holds for every order of a store, in memory: what quotes and checkout read instead of the database.
//!
//! Invariant: who asks for a quote after a change of shipping or of its tax was answered is charged by it. Other processes'
//! changes arrive through the outbox.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use tokio::sync::Mutex;

use crate::id::{LocationId, StoreId};
use crate::postgres::{Database, DatabaseError};
use crate::pricing::{Rules, ShippingRules, TaxRate};

use super::shipping::Shipping;
use super::store;

/// A quote is honoured so long at most.
const QUOTE_VALID_FOR: TimeDelta = TimeDelta::minutes(10);
/// How soon a failed rereading is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How one store sells.
#[derive(Debug, Clone)]
pub struct Shop {
    pub rules: Rules,
    /// Its default location.
    pub sells_from: LocationId,
}

/// All stores. Cheap to clone; all clones share one copy.
#[derive(Clone)]
pub struct Shops(Arc<ArcSwap<HashMap<StoreId, Arc<Shop>>>>);

impl Shops {
    pub fn new(shops: impl IntoIterator<Item = (StoreId, Shop)>) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(shared(shops))))
    }

    /// `None`: one that this process has not heard of yet.
    pub fn of(&self, store: StoreId) -> Option<Arc<Shop>> {
        self.0.load().get(&store).cloned()
    }
}

/// Cheap to clone; all clones share one copy of it.
#[derive(Clone)]
pub struct Terms {
    shops: Shops,
    /// Two rereadings at once could end in the wrong order.
    reading: Arc<Mutex<()>>,
}

impl Terms {
    pub async fn load(connection: &mut AsyncPgConnection) -> Result<Self, DatabaseError> {
        Ok(Self { shops: Shops::new(shops(connection).await?), reading: Arc::default() })
    }

    pub fn shops(&self) -> &Shops {
        &self.shops
    }

    pub(super) async fn reread(&self, connection: &mut AsyncPgConnection) -> Result<(), DatabaseError> {
        let _alone = self.reading.lock().await;
        self.shops.0.store(Arc::new(shared(shops(connection).await?)));
        Ok(())
    }

    /// Rereads until it succeeds, without anyone waiting for it.
    pub(super) fn reread_sometime(&self, database: &Database) {
        let (terms, pool) = (self.clone(), database.clone());
        database.io().spawn(async move {
            loop {
                let rereading = terms.clone();
                match pool.run(move |mut connection| async move { rereading.reread(&mut connection).await }).await {
                    Ok(()) => return,
                    Err(error) => tracing::warn!(%error, "the rules of price could not be read again yet"),
                }
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        });
    }
}

fn shared(shops: impl IntoIterator<Item = (StoreId, Shop)>) -> HashMap<StoreId, Arc<Shop>> {
    shops.into_iter().map(|(store, shop)| (store, Arc::new(shop))).collect()
}

async fn shops(connection: &mut AsyncPgConnection) -> Result<Vec<(StoreId, Shop)>, DatabaseError> {
    let rows = store::shops(connection).await?;
    let shop = |(store, sells_from, shipping, tax): (StoreId, LocationId, Shipping, TaxRate)| {
        let rules = Rules {
            currency: shipping.flat.currency,
            shipping: ShippingRules {
                flat_minor: shipping.flat.minor,
                free_from_minor: shipping.free_from.map(|free_from| free_from.minor),
                tax,
            },
            valid_for: QUOTE_VALID_FOR,
        };
        (store, Shop { rules, sells_from })
    };
    Ok(rows.into_iter().map(shop).collect())
}
