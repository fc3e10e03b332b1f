//! The way to the keys.

use std::sync::Arc;
use std::time::Duration;

use chrono::SubsecRound;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::audit::{self, Actor, Entry, Subject};
use engine::clock::{Clock, IdSource, Timestamp};
use engine::id::{ApiKeyId, StoreId};
use engine::outbox;
use engine::postgres::{Database, DatabaseError};
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::sync::{Mutex, Notify};

use super::api_key::{ApiKey, KeyKind, Unusable};
use super::board::{Board, Shown};
use super::draft::{KeyDraft, Overlap};
use super::error::KeyError;
use super::secret::{RANDOM_BYTES, Secret};
use super::{store, told};
use crate::TOPIC;
use crate::access::Scope;

/// How often it is written down which keys were used.
const USES_WRITTEN_EVERY: Duration = Duration::from_secs(60);
/// How soon the board is read again when it could not be.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// Cheap to clone; all clones share one board.
#[derive(Clone)]
pub struct Keys {
    room: Arc<Room>,
    /// Who the audit trail will say did it.
    actor: Arc<Actor>,
}

struct Room {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    board: Board,
    /// One reads the board at a time, so that what was read earlier never covers what was read later.
    reading: Mutex<()>,
    told: Notify,
}

/// A key that has just been made. Its secret is told here, and never again.
#[derive(Debug)]
pub struct Issued {
    pub key: ApiKey,
    pub secret: SecretString,
}

impl Keys {
    /// Knows no key until the board is read.
    pub fn new(database: Database, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let (board, reading, told) = (Board::default(), Mutex::default(), Notify::new());
        let room = Arc::new(Room { database, clock, ids, board, reading, told });
        Self { room, actor: Arc::new(Actor::SHOP) }
    }

    /// The same keys, changed by `actor`. Changes by nobody in particular are the shop's own.
    #[must_use]
    pub fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { actor: Arc::new(actor), ..self.clone() }
    }

    /// Whether a key that is shown opens anything at `now`. Costs no I/O.
    pub fn check(&self, shown: &str, now: Timestamp) -> Result<Shown, Unusable> {
        self.room.board.check(shown, now)
    }

    pub async fn get(&self, store: StoreId, id: ApiKeyId) -> Result<ApiKey, KeyError> {
        self.room.database.run(move |mut connection| async move { found_key(&mut connection, store, id).await }).await
    }

    /// By id, those after `after`, in whatever state.
    pub async fn after(&self, store: StoreId, after: Option<ApiKeyId>, limit: i64) -> Result<Vec<ApiKey>, KeyError> {
        let read = self.room.database.run(move |mut connection| async move {
            Ok::<_, KeyError>(store::keys_after(&mut connection, store, after, limit).await?)
        });
        read.await
    }

    pub async fn create(&self, store: StoreId, draft: KeyDraft) -> Result<Issued, KeyError> {
        let now = self.now();
        draft.check(now)?;
        let secret = Secret::of(draft.kind, &random());
        let key = self.fresh(store, draft, &secret, now);
        let (digest, entry) = (secret.digest(), self.entry("key.create", &key, now).made(told::picture(&key)));
        let key = self
            .write(move |connection| {
                Box::pin(async move {
                    store::insert(connection, &key, digest).await?;
                    audit::store::insert(connection, &entry).await?;
                    Ok(key)
                })
            })
            .await?;
        Ok(Issued { key, secret: secret.into_inner() })
    }

    /// Takes on a secret key whose secret was made elsewhere, as the operator's own. A second time it is left as it is,
    /// revoked or not. Says whether it is new.
    pub async fn adopt(
        &self,
        store: StoreId,
        name: &str,
        secret: &SecretString,
        scopes: &[Scope],
    ) -> Result<bool, KeyError> {
        let now = self.now();
        let Some((KeyKind::Secret, secret)) = Secret::read(secret.expose_secret()) else {
            return Err(KeyError::invalid("/secret", "invalid", "sk_ and at least 32 letters, digits, - and _"));
        };
        let draft =
            KeyDraft { name: name.to_owned(), kind: KeyKind::Secret, scopes: scopes.to_vec(), expires_at: None };
        draft.check(now)?;
        let (key, digest) = (self.fresh(store, draft, &secret, now), secret.digest());
        let entry = self.entry("key.create", &key, now).made(told::picture(&key));
        self.write(move |connection| {
            Box::pin(async move {
                let is_new = store::insert_new(connection, &key, digest).await?;
                if is_new {
                    audit::store::insert(connection, &entry).await?;
                }
                Ok(is_new)
            })
        })
        .await
    }

    /// Makes a key that takes the place of `id`, which goes on to open what it opened for the overlap.
    pub async fn rotate(
        &self,
        store: StoreId,
        id: ApiKeyId,
        expected: Option<i64>,
        overlap: Overlap,
    ) -> Result<Issued, KeyError> {
        let (now, next) = (self.now(), self.id());
        let (random, keys) = (random(), self.clone());
        self.write(move |connection| {
            Box::pin(async move {
                let mut old = to_change(connection, store, id, expected).await?;
                if store::successor(connection, id).await?.is_some() {
                    return Err(KeyError::Ended("has been replaced already"));
                }
                old.check(now).map_err(|_| KeyError::Ended("has ended"))?;
                let secret = Secret::of(old.kind, &random);
                let key = ApiKey {
                    id: next,
                    prefix: secret.shown(),
                    last_used_at: None,
                    rotated_from: Some(old.id),
                    version: 1,
                    created_at: now,
                    updated_at: now,
                    ..old.clone()
                };
                let before = told::picture(&old);
                old.expires_at = Some(overlap.end_of(&old, now));
                (old.version, old.updated_at) = (old.version + 1, now);
                store::update(connection, &old).await?;
                store::insert(connection, &key, secret.digest()).await?;
                let entry = keys.entry("key.rotate", &old, now).changed(before, told::replaced(&old, &key));
                audit::store::insert(connection, &entry).await?;
                Ok(Issued { key, secret: secret.into_inner() })
            })
        })
        .await
    }

    /// It opens nothing any more: here at once, elsewhere as soon as they hear of it. A second time nothing happens.
    pub async fn revoke(&self, store: StoreId, id: ApiKeyId, expected: Option<i64>) -> Result<ApiKey, KeyError> {
        let (now, keys) = (self.now(), self.clone());
        let revoked = self
            .write(move |connection| {
                Box::pin(async move {
                    let mut key = to_change(connection, store, id, expected).await?;
                    if key.revoked_at.is_none() {
                        let before = told::picture(&key);
                        key.revoked_at = Some(now);
                        (key.version, key.updated_at) = (key.version + 1, now);
                        store::update(connection, &key).await?;
                        let entry = keys.entry("key.revoke", &key, now).changed(before, told::picture(&key));
                        audit::store::insert(connection, &entry).await?;
                    }
                    Ok(key)
                })
            })
            .await;
        match &revoked {
            Err(KeyError::NotFound | KeyError::VersionConflict { .. }) => {}
            // Also when it is not known whether it was done: whoever wanted it gone does not want it used.
            _ => self.room.board.strike(id),
        }
        revoked
    }

    /// Reads all keys anew.
    pub async fn read_again(&self) -> Result<(), DatabaseError> {
        let _alone = self.room.reading.lock().await;
        let keys = self
            .room
            .database
            .run(|mut connection| async move { Ok::<_, DatabaseError>(store::not_revoked(&mut connection).await?) });
        self.room.board.replace(keys.await?);
        Ok(())
    }

    /// To be called with what the outbox delivers: keys were changed, here or elsewhere.
    pub fn heard(&self) {
        self.room.told.notify_one();
    }

    /// Reads the board again whenever somebody was heard, until it could be. Never ends.
    pub(crate) async fn keep_up(self) {
        loop {
            self.room.told.notified().await;
            while let Err(error) = self.read_again().await {
                tracing::warn!(%error, "the API keys could not be read again; what changed is not known yet");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }

    /// Writes down every so often which keys were used. Never ends.
    pub(crate) async fn keep_count(self) {
        let mut tick = tokio::time::interval(USES_WRITTEN_EVERY);
        loop {
            tick.tick().await;
            if let Err(error) = self.write_uses().await {
                tracing::warn!(%error, "which API keys were used was not written down");
            }
        }
    }

    /// Writes down when each key was last used, if it was since.
    pub async fn write_uses(&self) -> Result<(), DatabaseError> {
        let uses = self.room.board.unwritten();
        if uses.is_empty() {
            return Ok(());
        }
        let written = uses.clone();
        let write = self.room.database.run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::used(&mut connection, &written).await?)
        });
        write.await?;
        self.room.board.written(&uses);
        Ok(())
    }

    /// Changes keys, tells of it, and knows of it itself when it returns.
    async fn write<T, W>(&self, work: W) -> Result<T, KeyError>
    where
        T: Send + 'static,
        W: for<'c> FnOnce(&'c mut AsyncPgConnection) -> futures_util::future::BoxFuture<'c, Result<T, KeyError>>
            + Send
            + 'static,
    {
        let written = self.room.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let value = work(connection).await?;
                    outbox::publish_in_op(connection, StoreId::MAIN, TOPIC, &json!({ "keys": true })).await?;
                    Ok::<_, KeyError>(value)
                })
                .await
        });
        let value = written.await?;
        if let Err(error) = self.read_again().await {
            tracing::warn!(%error, "the API keys could not be read again at once");
            self.heard();
        }
        Ok(value)
    }

    fn entry(&self, action: &'static str, key: &ApiKey, now: Timestamp) -> Entry {
        let subject = Subject::new(told::KIND, key.id);
        Entry::new(&*self.room.ids, now, key.store, Actor::clone(&self.actor), action, subject)
    }

    fn fresh(&self, store: StoreId, draft: KeyDraft, secret: &Secret, now: Timestamp) -> ApiKey {
        let id = self.id();
        ApiKey {
            id,
            store,
            family: id,
            name: draft.name.trim().to_owned(),
            kind: draft.kind,
            prefix: secret.shown(),
            scopes: draft.scopes,
            expires_at: draft.expires_at.map(|at| at.trunc_subsecs(6)),
            last_used_at: None,
            revoked_at: None,
            rotated_from: None,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn id(&self) -> ApiKeyId {
        ApiKeyId::from_uuid(self.room.ids.next(self.room.clock.now()))
    }

    /// As PostgreSQL keeps it.
    fn now(&self) -> Timestamp {
        self.room.clock.now().trunc_subsecs(6)
    }
}

async fn found_key(connection: &mut AsyncPgConnection, store: StoreId, id: ApiKeyId) -> Result<ApiKey, KeyError> {
    store::key(connection, store, id).await?.ok_or(KeyError::NotFound)
}

async fn to_change(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ApiKeyId,
    expected: Option<i64>,
) -> Result<ApiKey, KeyError> {
    let key = store::key_for_update(connection, store, id).await?.ok_or(KeyError::NotFound)?;
    match expected {
        Some(expected) if expected != key.version => Err(KeyError::VersionConflict { current: key.version }),
        Some(_) | None => Ok(key),
    }
}

fn random() -> [u8; RANDOM_BYTES] {
    let mut bytes = [0; RANDOM_BYTES];
    SysRng.try_fill_bytes(&mut bytes).expect("a system without random numbers keeps no secrets");
    bytes
}
