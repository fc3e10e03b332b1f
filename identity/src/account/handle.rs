//! What can be done with accounts.

use std::sync::Arc;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::clock::{IdSource, Timestamp};
use engine::id::{AccountId, StoreId};
use engine::postgres::{Database, DatabaseError};
use secrecy::{ExposeSecret, SecretString};

use super::letter::{Letters, Reader};
use super::{Account, Draft, Error, LoginError, Status, store};
use crate::access::Role;
use crate::one_time::{self, LATELY};
use crate::password::{self, Passwords};
use crate::reach::{Email, Phone};
use crate::session::Sessions;

/// Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    pub(super) database: Database,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) passwords: Passwords,
    pub(super) sessions: Sessions,
    pub(super) letters: Letters,
    /// Whether who has not confirmed their address may log in.
    pub(super) confirmed_only: bool,
}

/// Somebody wants an account.
#[derive(Debug, Clone)]
pub struct Registration {
    pub email: Email,
    pub password: SecretString,
    pub name: Option<String>,
}

impl Accounts {
    pub(crate) fn new(
        database: Database,
        ids: Arc<dyn IdSource>,
        passwords: Passwords,
        sessions: Sessions,
        letters: Letters,
        confirmed_only: bool,
    ) -> Self {
        Self { database, ids, passwords, sessions, letters, confirmed_only }
    }

    /// Makes an account, unless there is one with this address. Who asked is not told which: it took as long, and the rest
    /// is said by mail to whom the address belongs.
    pub async fn register(&self, store: StoreId, wanted: Registration, now: Timestamp) -> Result<(), Error> {
        let Registration { email, password, name } = wanted;
        password::check(password.expose_secret(), Some(&email)).map_err(Error::Weak)?;
        let hash =
            self.passwords.place_for_new()?.hash(password).await.map_err(|error| Error::Internal(error.to_string()))?;
        let id = AccountId::from_uuid(self.ids.next(now));
        let draft =
            Draft { email: Some(email.clone()), password_hash: Some(hash), name, ..Draft::of(store, Role::Customer) };
        let letters = self.letters.clone();
        let registered = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    if store::insert(connection, id, &draft, now).await? {
                        let to = Reader { store, account: id, email: &email };
                        return letters.confirm_email(connection, to, now).await;
                    }
                    let Some(kept) = store::by_email_for_update(connection, store, &email).await? else {
                        // It went away in this very moment; whoever asks again gets theirs.
                        return Ok(());
                    };
                    // To the address as its owner wrote it, not as whoever asks does.
                    let written = kept.account.email.as_ref().unwrap_or(&email);
                    let to = Reader { store, account: kept.account.id, email: written };
                    match (kept.account.status, kept.account.email_verified_at) {
                        // Nobody has shown yet that it is theirs. Whoever follows the link has, and chooses the password
                        // then: neither of those who registered has chosen it for them.
                        (Status::Active, None) => letters.reset_password(connection, to, now).await,
                        (Status::Active | Status::Blocked, _) => letters.account_exists(connection, to, now).await,
                        (Status::Erased, _) => Ok(()),
                    }
                })
                .await
        });
        let registered: Result<(), Error> = registered.await;
        self.letters.notifications.wake();
        registered
    }

    /// Makes an account of what somebody has shown otherwise.
    pub async fn create(&self, draft: Draft, now: Timestamp) -> Result<Account, Error> {
        let id = AccountId::from_uuid(self.ids.next(now));
        let created = self.database.run(move |mut connection| async move {
            if !store::insert(&mut connection, id, &draft, now).await? {
                return Err(Error::Taken);
            }
            store::by_id(&mut connection, draft.store, id).await?.ok_or(Error::NotFound)
        });
        created.await.map(|kept| kept.account)
    }

    /// What is kept of a password that is taken.
    pub async fn hash(&self, password: SecretString, email: Option<&Email>) -> Result<String, Error> {
        password::check(password.expose_secret(), email).map_err(Error::Weak)?;
        self.passwords.place()?.hash(password).await.map_err(|error| Error::Internal(error.to_string()))
    }

    /// Whose address and password these are.
    pub async fn log_in(&self, store: StoreId, email: Email, password: SecretString) -> Result<Account, LoginError> {
        // First of all: who finds the line full costs the database nothing.
        let place = self.passwords.place()?;
        let found = self
            .database
            .run(move |mut connection| async move {
                store::by_email(&mut connection, store, &email).await.map_err(DatabaseError::Query)
            })
            .await?;
        let (account, kept) = match found {
            Some(kept) => (Some(kept.account), kept.password_hash),
            None => (None, None),
        };
        let checked = place
            .check(password.clone(), kept.clone())
            .await
            .map_err(|error| LoginError::Internal(error.to_string()))?;
        let Some(account) = account.filter(|_| checked.matches) else { return Err(LoginError::Wrong) };
        match account.status {
            Status::Active => {}
            Status::Blocked => return Err(LoginError::Blocked),
            Status::Erased => return Err(LoginError::Wrong),
        }
        if self.confirmed_only && account.email_verified_at.is_none() {
            return Err(LoginError::Unconfirmed);
        }
        if let Some(kept) = kept.filter(|_| checked.is_outdated) {
            self.hash_anew(account.id, password, kept).await;
        }
        Ok(account)
    }

    pub async fn find(&self, store: StoreId, id: AccountId) -> Result<Option<Account>, DatabaseError> {
        let found = self.database.run(move |mut connection| async move {
            store::by_id(&mut connection, store, id).await.map_err(DatabaseError::Query)
        });
        Ok(found.await?.map(|kept| kept.account))
    }

    pub async fn find_by_email(&self, store: StoreId, email: Email) -> Result<Option<Account>, DatabaseError> {
        let found = self.database.run(move |mut connection| async move {
            store::by_email(&mut connection, store, &email).await.map_err(DatabaseError::Query)
        });
        Ok(found.await?.map(|kept| kept.account))
    }

    pub async fn find_by_phone(&self, store: StoreId, phone: Phone) -> Result<Option<Account>, DatabaseError> {
        let found = self.database.run(move |mut connection| async move {
            store::by_phone(&mut connection, store, &phone).await.map_err(DatabaseError::Query)
        });
        Ok(found.await?.map(|kept| kept.account))
    }

    /// Removes what letters opened when that ran out a while before `now`; says how many.
    pub(crate) async fn prune(&self, now: Timestamp) -> Result<usize, DatabaseError> {
        let pruned = self.database.run_at_length(move |mut connection| async move {
            one_time::store::prune(&mut connection, now - LATELY).await.map_err(DatabaseError::Query)
        });
        pruned.await
    }

    /// Under the parameters of today. If that cannot be done now, it can be at the next login.
    async fn hash_anew(&self, id: AccountId, password: SecretString, old: String) {
        let Ok(place) = self.passwords.place() else { return };
        let new = match place.hash(password).await {
            Ok(new) => new,
            Err(error) => return tracing::warn!(%error, "a password could not be hashed anew"),
        };
        let written = self.database.run(move |mut connection| async move {
            store::rehash(&mut connection, id, &old, &new).await.map_err(DatabaseError::Query)
        });
        if let Err(error) = written.await {
            tracing::warn!(account.id = %id, %error, "a password could not be kept anew");
        }
    }
}
