//! The rules of price that hold for every order, in memory: what quotes and checkout read instead of the database.
//!
//! Invariant: who asks for a quote after a change of shipping or of its tax was answered is charged by it. Other processes'
//! changes arrive through the outbox.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use tokio::sync::Mutex;

use crate::id::StoreId;
use crate::postgres::{Database, DatabaseError};
use crate::pricing::{Rules, ShippingRules};

use super::store;

/// A quote is honoured so long at most.
const QUOTE_VALID_FOR: TimeDelta = TimeDelta::minutes(10);
/// How soon a failed rereading is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Cheap to clone; all clones share one copy of the rules.
#[derive(Clone)]
pub struct Terms {
    store: StoreId,
    rules: Arc<ArcSwap<Rules>>,
    /// Two rereadings at once could end in the wrong order.
    reading: Arc<Mutex<()>>,
}

impl Terms {
    pub async fn load(connection: &mut AsyncPgConnection, store: StoreId) -> Result<Self, DatabaseError> {
        let rules = Arc::new(ArcSwap::from_pointee(rules(connection, store).await?));
        Ok(Self { store, rules, reading: Arc::default() })
    }

    pub fn rules(&self) -> &Arc<ArcSwap<Rules>> {
        &self.rules
    }

    pub(super) async fn reread(&self, connection: &mut AsyncPgConnection) -> Result<(), DatabaseError> {
        let _alone = self.reading.lock().await;
        self.rules.store(Arc::new(rules(connection, self.store).await?));
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

async fn rules(connection: &mut AsyncPgConnection, store: StoreId) -> Result<Rules, DatabaseError> {
    let (shipping, tax) = store::shipping_with_tax(connection, store).await?;
    Ok(Rules {
        currency: shipping.flat.currency,
        shipping: ShippingRules {
            flat_minor: shipping.flat.minor,
            free_from_minor: shipping.free_from.map(|free_from| free_from.minor),
            tax,
        },
        valid_for: QUOTE_VALID_FOR,
    })
}
