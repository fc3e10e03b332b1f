//! The way to the catalogue: reads, and changes that are whole or not at all.
//!
//! A change is one transaction: the rows, one outbox row that names them, and what the audit trail says of it. After the
//! commit the offers it touched are forgotten, before the caller is answered: whoever is told of a new price also pays it.

mod once;
mod read;
mod terms;
mod write;

use std::sync::Arc;
use std::time::Duration;

use chrono::SubsecRound;
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;

use crate::audit::{self, Actor, Subject};
use crate::clock::{Clock, IdSource};
use crate::id::{ImportId, StoreId};
use crate::idempotency::Claims;
use crate::postgres::{Database, DatabaseError};

use super::change::Writing;
use super::error::Error;
use super::event::Changed;
use super::offers::Offers;
use super::store;
use super::terms::Terms;

/// How long a change may take, with all its statements: less than a request has.
const WRITING: Duration = Duration::from_secs(25);
/// Ended requests that are remembered here; the database knows all.
const KEYS_REMEMBERED: usize = 10_000;

/// Cheap to clone; all clones share one cache of offers.
#[derive(Clone)]
pub struct Catalog {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    offers: Offers,
    /// None: nobody here reads the rules of price.
    terms: Option<Terms>,
    /// Of things being made under a key.
    claims: Claims<()>,
    /// Who the audit trail will say did it.
    actor: Arc<Actor>,
}

impl Catalog {
    pub fn new(database: Database, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let offers = Offers::new(Arc::new(database.clone()), database.io().clone().into(), Offers::CAPACITY);
        Self {
            database,
            clock,
            ids,
            offers,
            terms: None,
            claims: Claims::new(KEYS_REMEMBERED),
            actor: Arc::new(Actor::SHOP),
        }
    }

    /// Keeps `terms` as the database says.
    pub fn keeping(self, terms: Terms) -> Self {
        Self { terms: Some(terms), ..self }
    }

    /// The same catalogue, changed by `actor`. Changes by nobody in particular are the shop's own.
    #[must_use]
    pub fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// The same catalogue over other connections to its database.
    #[must_use]
    pub(crate) fn over(&self, database: Database) -> Self {
        Self { database, ..self.clone() }
    }

    /// What checkout reads.
    pub fn offers(&self) -> &Offers {
        &self.offers
    }

    /// Reads anew what is kept in memory of every store. To be called by whoever begins to hear of changes: those before it
    /// are never heard.
    pub async fn catch_up(&self) -> Result<(), DatabaseError> {
        self.offers.invalidate_all();
        let Some(terms) = self.terms.clone() else { return Ok(()) };
        self.database.run(move |mut connection| async move { terms.reread(&mut connection).await }).await
    }

    /// To be called with what the outbox delivers: changes made by other processes.
    pub fn heard(&self, store: StoreId, changed: &Changed) {
        self.offers.invalidate(store, &changed.skus);
        if !changed.tax_classes.is_empty() {
            self.offers.invalidate_store(store);
        }
        if let Some(terms) = self.terms.as_ref().filter(|_| changed.touches_terms()) {
            terms.reread_sometime(&self.database);
        }
    }

    pub(in crate::catalog) fn new_run(&self) -> ImportId {
        ImportId::from_uuid(self.ids.next(self.clock.now()))
    }

    /// Has the audit trail tell of an import that came to its end: of the file, and of what came of it.
    pub(crate) async fn tell_of_import(
        &self,
        store: StoreId,
        run: ImportId,
        action: &'static str,
        told: serde_json::Value,
    ) -> Result<(), Error> {
        let tell = move |writing: &mut Writing<'_>| {
            let entry = writing.entry(action, Subject::new("import", run));
            writing.trail.push(entry.made(told));
        };
        self.write(store, move |writing| {
            tell(writing);
            Box::pin(std::future::ready(Ok(())))
        })
        .await
    }

    pub(in crate::catalog) async fn write<T, W>(&self, store: StoreId, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: for<'w, 'c> FnOnce(&'w mut Writing<'c>) -> BoxFuture<'w, Result<T, Error>> + Send + 'static,
    {
        let now = self.clock.now().trunc_subsecs(6);
        let (ids, actor, catalog) = (self.ids.clone(), Arc::clone(&self.actor), self.clone());
        let written = self
            .database
            .transact_then(
                WRITING,
                move |connection| {
                    Box::pin(async move {
                        let changed = Changed::default();
                        let (ids, actor, trail) = (&*ids, &actor, Vec::new());
                        let mut writing = Writing { connection, store, now, ids, changed, actor, trail };
                        let value = work(&mut writing).await?;
                        let Writing { connection, changed, trail, .. } = writing;
                        if !changed.is_empty() {
                            store::publish(connection, store, &changed).await?;
                        }
                        audit::store::insert_all(connection, &trail).await?;
                        Ok((value, changed))
                    })
                },
                move |connection, (value, changed)| {
                    Box::pin(async move {
                        catalog.forget(store, &changed, connection).await;
                        value
                    })
                },
            )
            .await;
        if let Err(Error::OutcomeUnknown(_)) = &written {
            // What it changed, if it did, is not known here.
            self.forget_all(store);
        }
        written
    }

    /// What memory has of what changed is gone, or read again, when this returns.
    async fn forget(&self, store: StoreId, changed: &Changed, connection: &mut AsyncPgConnection) {
        self.offers.invalidate(store, &changed.skus);
        if !changed.tax_classes.is_empty() {
            self.offers.invalidate_store(store);
        }
        let Some(terms) = self.terms.as_ref().filter(|_| changed.touches_terms()) else { return };
        if let Err(error) = terms.reread(connection).await {
            tracing::warn!(%error, "the rules of price could not be read again at once");
            terms.reread_sometime(&self.database);
        }
    }

    fn forget_all(&self, store: StoreId) {
        self.offers.invalidate_store(store);
        if let Some(terms) = &self.terms {
            terms.reread_sometime(&self.database);
        }
    }

    pub(in crate::catalog) async fn read<T, R>(&self, work: R) -> Result<T, Error>
    where
        T: Send + 'static,
        R: for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, Result<T, Error>> + Send + 'static,
    {
        self.database.run(move |mut connection| async move { work(&mut connection).await }).await
    }
}
