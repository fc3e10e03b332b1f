//! The way to the stores: opening one, and finding the one that is meant.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::SubsecRound;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::audit::{self, Actor, Entry, Subject};
use crate::catalog;
use crate::clock::{Clock, IdSource};
use crate::id::{LocationId, StoreId};
use crate::outbox::{self, Outbox};
use crate::postgres::{Database, DatabaseError};

use super::draft::StoreDraft;
use super::error::Error;
use super::host::Host;
use super::store;

/// The topic of the outbox rows that say that there is another store.
pub const TOPIC: &str = "stores";

/// How late a new store is known.
const HEARD_EVERY: Duration = Duration::from_millis(250);

/// Cheap to clone; all clones share one memory.
#[derive(Clone)]
pub struct Tenants {
    database: Database,
    known: Arc<ArcSwap<Known>>,
    told: Arc<Notify>,
}

#[derive(Default)]
struct Known {
    by_slug: HashMap<String, StoreId>,
    by_host: HashMap<String, StoreId>,
}

/// A store that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenant {
    pub id: StoreId,
}

impl Tenants {
    /// Knows no store until it reads them.
    pub fn new(database: Database) -> Self {
        Self { database, known: Arc::default(), told: Arc::default() }
    }

    /// The store that this host leads to. Costs no I/O.
    pub fn at(&self, host: &Host) -> Option<StoreId> {
        self.known.load().by_host.get(host.as_str()).copied()
    }

    /// Whether any host leads anywhere.
    pub fn have_hosts(&self) -> bool {
        !self.known.load().by_host.is_empty()
    }

    /// The store that is called so. Costs no I/O.
    pub fn called(&self, slug: &str) -> Option<StoreId> {
        self.known.load().by_slug.get(slug).copied()
    }

    /// Reads all stores, and hears of new ones. The tasks go on until they are aborted.
    pub async fn start(&self) -> Result<Vec<JoinHandle<()>>, DatabaseError> {
        let outbox = Outbox::new(self.database.clone());
        let from = outbox.horizon().await?;
        self.read_again().await?;
        let told = Arc::clone(&self.told);
        let following = outbox::follow(outbox, &[TOPIC], from, HEARD_EVERY, move |_| told.notify_one());
        Ok(vec![following, self.database.io().spawn(self.clone().keep_up())])
    }

    async fn keep_up(self) {
        loop {
            self.told.notified().await;
            while let Err(error) = self.read_again().await {
                tracing::warn!(%error, "the stores could not be read again; which are new is not known yet");
                tokio::time::sleep(HEARD_EVERY).await;
            }
        }
    }

    /// Reads all stores anew.
    pub async fn read_again(&self) -> Result<(), DatabaseError> {
        let read = self.database.run(|mut connection| async move {
            let stores = store::stores(&mut connection).await?;
            Ok::<_, DatabaseError>((stores, store::domains(&mut connection).await?))
        });
        let (stores, domains) = read.await?;
        let by_slug = stores.into_iter().map(|(id, slug)| (slug, id)).collect();
        self.known.store(Arc::new(Known { by_slug, by_host: domains.into_iter().collect() }));
        Ok(())
    }

    /// Opens a store: with a location to sell from and tax classes of 0 %, and nothing to sell. Servers hear of it. Nobody but
    /// the operator can.
    pub async fn open(&self, draft: StoreDraft, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Tenant, Error> {
        let now = clock.now().trunc_subsecs(6);
        let (id, location) = (StoreId::from_uuid(ids.next(now)), LocationId::from_uuid(ids.next(now)));
        let subject = Subject::new("store", id);
        let line = Entry::new(ids, now, id, Actor::OPERATOR, "store.create", subject).made(picture(&draft));
        let opened = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    store::insert(connection, id, location, &draft, now).await?;
                    // Whoever keeps what stores sell by reads it again.
                    let terms = catalog::Changed { shipping: true, ..catalog::Changed::default() };
                    let terms = serde_json::to_value(terms).expect("ids and names are plain data");
                    outbox::publish_in_op(connection, id, catalog::TOPIC, &terms).await?;
                    outbox::publish_in_op(connection, id, TOPIC, &json!({ "opened": id })).await?;
                    audit::store::insert(connection, &line).await?;
                    Ok::<_, Error>(Tenant { id })
                })
                .await
        });
        let tenant = opened.await?;
        self.read_again().await?;
        Ok(tenant)
    }
}

/// What the audit trail says of a store that was opened.
fn picture(draft: &StoreDraft) -> serde_json::Value {
    let domains: Vec<&str> = draft.domains.iter().map(Host::as_str).collect();
    json!({
        "slug": draft.slug.as_str(),
        "name": draft.name.as_str(),
        "currency": draft.currency.code(),
        "domains": domains,
    })
}
