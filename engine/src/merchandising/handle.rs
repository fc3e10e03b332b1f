//! The way to synonyms and rules: reads, changes that are whole or not at all, and hearing of those of other servers.
//!
//! A change is one transaction: the row, an outbox row that names the store, and what the audit trail says of it. After the
//! commit the store's rules are read again before the caller is answered.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::SubsecRound;
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::audit::{self, Actor, Entry, Subject};
use crate::clock::{Clock, IdSource, Timestamp};
use crate::id::StoreId;
use crate::idempotency::Claims;
use crate::outbox::{self, Outbox};
use crate::postgres::{Database, DatabaseError};

use super::error::Error;
use super::in_force::InForce;
use super::store;

/// The topic of the outbox rows that say that a store's rules are others.
pub const TOPIC: &str = "merchandising";

/// How late another server's change holds here.
const HEARD_EVERY: Duration = Duration::from_millis(250);
/// How long a change may take, with all its statements: less than a request has.
const WRITING: Duration = Duration::from_secs(25);
/// Ended requests that are remembered here; the database knows all.
const KEYS_REMEMBERED: usize = 1_000;

/// Cheap to clone; all clones share one memory.
#[derive(Clone)]
pub struct Merchandising {
    database: Database,
    pub(super) clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    in_force: InForce,
    /// One reads at a time, so that what was read first is never put in the place of what was read last.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Of things being made under a key.
    pub(super) claims: Claims<()>,
    /// Who the audit trail will say did it.
    actor: Arc<Actor>,
}

/// One transaction on the rules of one store.
pub(super) struct Writing<'c> {
    pub(super) connection: &'c mut AsyncPgConnection,
    pub(super) store: StoreId,
    /// Of the whole transaction, as precise as the database keeps it.
    pub(super) now: Timestamp,
    pub(super) ids: &'c dyn IdSource,
    actor: &'c Arc<Actor>,
    trail: Vec<Entry>,
}

impl Merchandising {
    /// Knows no rule until it reads them.
    pub fn new(database: Database, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self {
            database,
            in_force: InForce::new(Arc::clone(&clock)),
            clock,
            ids,
            turn: Arc::default(),
            claims: Claims::new(KEYS_REMEMBERED),
            actor: Arc::new(Actor::SHOP),
        }
    }

    /// The same, changed by `actor`. Changes by nobody in particular are the shop's own.
    #[must_use]
    pub fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// What searches read.
    pub fn in_force(&self) -> &InForce {
        &self.in_force
    }

    /// Reads the rules of all stores, and hears of changes; `told` is told of each store whose rules are others, once they
    /// hold. The tasks go on until they are aborted.
    pub async fn start(&self, told: impl Fn(StoreId) + Send + 'static) -> Result<Vec<JoinHandle<()>>, DatabaseError> {
        let outbox = Outbox::new(self.database.clone());
        let from = outbox.horizon().await?;
        self.read_all().await?;
        let (named, woken) = (Arc::<Mutex<BTreeSet<StoreId>>>::default(), Arc::<Notify>::default());
        let (name, wake) = (Arc::clone(&named), Arc::clone(&woken));
        let following = outbox::follow(outbox, &[TOPIC], from, HEARD_EVERY, move |event| {
            name.lock().unwrap_or_else(PoisonError::into_inner).insert(event.store);
            wake.notify_one();
        });
        let this = self.clone();
        let keeping_up = self.database.io().spawn(async move {
            loop {
                woken.notified().await;
                let stores = std::mem::take(&mut *named.lock().unwrap_or_else(PoisonError::into_inner));
                for store in stores {
                    this.read_until_read(store).await;
                    told(store);
                }
            }
        });
        Ok(vec![following, keeping_up])
    }

    /// Reads the rules of all stores anew.
    pub async fn read_all(&self) -> Result<(), DatabaseError> {
        let _turn = self.turn.lock().await;
        let read = self.database.run_at_length(|mut connection| async move {
            let synonyms = store::all_synonyms(&mut connection, None).await?;
            Ok::<_, DatabaseError>((synonyms, store::all_rules(&mut connection, None).await?))
        });
        let (synonyms, rules) = read.await?;
        self.in_force.put_all(synonyms, rules);
        Ok(())
    }

    /// Reads the rules of a store anew.
    pub async fn read_again(&self, store: StoreId) -> Result<(), DatabaseError> {
        let _turn = self.turn.lock().await;
        let read = self.database.run(move |mut connection| async move {
            let synonyms = store::all_synonyms(&mut connection, Some(store)).await?;
            Ok::<_, DatabaseError>((synonyms, store::all_rules(&mut connection, Some(store)).await?))
        });
        let (synonyms, rules) = read.await?;
        self.in_force.put(store, &synonyms, rules);
        Ok(())
    }

    async fn read_until_read(&self, store: StoreId) {
        while let Err(error) = self.read_again(store).await {
            tracing::warn!(%store, %error, "the rules of a store's search could not be read again; the last known ones hold");
            tokio::time::sleep(HEARD_EVERY).await;
        }
    }

    pub(super) async fn write<T, W>(&self, store: StoreId, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: for<'w, 'c> FnOnce(&'w mut Writing<'c>) -> BoxFuture<'w, Result<T, Error>> + Send + 'static,
    {
        let now = self.clock.now().trunc_subsecs(6);
        let (ids, actor) = (Arc::clone(&self.ids), Arc::clone(&self.actor));
        let value = self
            .database
            .transact(WRITING, move |connection| {
                Box::pin(async move {
                    let (ids, actor, trail) = (&*ids, &actor, Vec::new());
                    let mut writing = Writing { connection, store, now, ids, actor, trail };
                    let value = work(&mut writing).await?;
                    let Writing { connection, trail, .. } = writing;
                    // An answer that was given before changes nothing.
                    if !trail.is_empty() {
                        outbox::publish_in_op(connection, store, TOPIC, &json!({})).await?;
                        audit::store::insert_all(connection, &trail).await?;
                    }
                    Ok::<_, Error>(value)
                })
            })
            .await?;
        if let Err(error) = self.read_again(store).await {
            // The outbox will say it again.
            tracing::warn!(%store, %error, "the rules of a store's search could not be read again at once");
        }
        Ok(value)
    }

    pub(super) async fn read<T, R>(&self, work: R) -> Result<T, Error>
    where
        T: Send + 'static,
        R: for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, Result<T, Error>> + Send + 'static,
    {
        self.database.run(move |mut connection| async move { work(&mut connection).await }).await
    }
}

impl Writing<'_> {
    pub(super) fn tell_made(&mut self, subject: Subject, picture: Value) {
        let entry = self.entry("create", subject).made(picture);
        self.trail.push(entry);
    }

    pub(super) fn tell_changed(&mut self, subject: Subject, before: Value, after: Value) {
        let entry = self.entry("change", subject).changed(before, after);
        self.trail.push(entry);
    }

    pub(super) fn tell_removed(&mut self, subject: Subject, picture: Value) {
        let entry = self.entry("remove", subject).removed(picture);
        self.trail.push(entry);
    }

    fn entry(&self, deed: &str, subject: Subject) -> Entry {
        let action = format!("{}.{deed}", subject.kind);
        Entry::new(self.ids, self.now, self.store, Actor::clone(self.actor), action, subject)
    }
}

/// None: whatever version is there is meant.
pub(super) fn expect_version(expected: Option<i64>, current: i64) -> Result<(), Error> {
    if expected.is_none_or(|expected| expected == current) { Ok(()) } else { Err(Error::VersionConflict { current }) }
}
