//! The way to the accounts of staff and sellers.

use std::sync::Arc;

use chrono::SubsecRound;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::audit::{self, Actor, Entry, Subject};
use engine::clock::{Clock, IdSource, Timestamp};
use engine::id::{AccountId, SellerId, SessionId, StoreId};
use engine::postgres::Database;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::error::StaffError;
use super::invitation::Invitation;
use super::rule::{self, Reach, Turn};
use super::store;
use crate::access::Role;
use crate::account::{Account, Accounts, Draft, store as accounts_store};
use crate::notification::Recipient;
use crate::session::{self, EndReason, Sessions};

/// Cheap to clone.
#[derive(Clone)]
pub struct StaffAccounts {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    accounts: Accounts,
    sessions: Sessions,
}

impl StaffAccounts {
    pub(crate) fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        accounts: Accounts,
        sessions: Sessions,
    ) -> Self {
        Self { database, clock, ids, accounts, sessions }
    }

    /// By id, those after `after`; of one role, or all but customers.
    pub async fn after(
        &self,
        store: StoreId,
        role: Option<Role>,
        after: Option<AccountId>,
        limit: i64,
    ) -> Result<Vec<Account>, StaffError> {
        let read = self.database.run(move |mut connection| async move {
            Ok::<_, StaffError>(store::after(&mut connection, store, role, after, limit).await?)
        });
        read.await
    }

    /// Customers by id, those after `after`; or the one who is reached there.
    pub async fn customers(
        &self,
        store: StoreId,
        reached: Option<Recipient>,
        after: Option<AccountId>,
        limit: i64,
    ) -> Result<Vec<Account>, StaffError> {
        let read = self.database.run(move |mut connection| async move {
            Ok::<_, StaffError>(store::customers(&mut connection, store, reached.as_ref(), after, limit).await?)
        });
        read.await
    }

    pub async fn customer(&self, store: StoreId, id: AccountId) -> Result<Account, StaffError> {
        let account = self.accounts.find(store, id).await?;
        account.filter(|account| account.role == Role::Customer).ok_or(StaffError::NotFound)
    }

    pub async fn get(&self, store: StoreId, id: AccountId) -> Result<Account, StaffError> {
        let account = self.accounts.find(store, id).await?.ok_or(StaffError::NotFound)?;
        if account.role == Role::Customer { Err(StaffError::NotFound) } else { Ok(account) }
    }

    /// Makes an account without a password, and writes to its owner how to choose one. Should the letter not get away, it is
    /// asked for like that of a forgotten password.
    pub async fn invite(&self, store: StoreId, invitation: Invitation, actor: Actor) -> Result<Account, StaffError> {
        let Invitation { email, name, role } = invitation;
        let draft = Draft { email: Some(email), name, ..Draft::of(store, role) };
        let account = self.make(draft, actor, false).await?;
        self.accounts.invite(&account, self.now()).await?;
        Ok(account)
    }

    /// Makes the first admin of a store. Whoever comes second is told that there is one.
    pub async fn make_first_admin(
        &self,
        store: StoreId,
        invitation: Invitation,
        password: SecretString,
        actor: Actor,
    ) -> Result<Account, StaffError> {
        let draft = self.with_password(store, invitation, password).await?;
        self.make(Draft { role: Role::Admin, ..draft }, actor, true).await
    }

    /// Makes an account whose password somebody at the machine has said.
    pub async fn make_with_password(
        &self,
        store: StoreId,
        invitation: Invitation,
        password: SecretString,
        actor: Actor,
    ) -> Result<Account, StaffError> {
        let draft = self.with_password(store, invitation, password).await?;
        self.make(draft, actor, false).await
    }

    /// Changes what somebody may do, or whether they may come in; their sessions end. `expected`: the version that was seen.
    pub async fn turn(
        &self,
        (store, id): (StoreId, AccountId),
        expected: Option<i64>,
        turn: Turn,
        (actor, reach): (Actor, Reach),
    ) -> Result<Account, StaffError> {
        let (now, ids) = (self.now(), Arc::clone(&self.ids));
        let turned = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let locked = store::lock_with_active_admins(connection, store, id).await?;
                    let admins = locked.ok_or(StaffError::NotFound)?;
                    let before = read(connection, store, id).await?;
                    match expected {
                        Some(expected) if expected != before.version => {
                            return Err(StaffError::VersionConflict { current: before.version });
                        }
                        Some(_) | None => {}
                    }
                    let Some((role, status)) = rule::turn(&before, turn, &reach, admins.len())? else {
                        return Ok((before, Vec::new()));
                    };
                    store::set(connection, id, role, status, now).await?;
                    if role == Role::Seller {
                        let seller = SellerId::from_uuid(ids.next(now));
                        store::insert_seller(connection, seller, store, id, now).await?;
                    }
                    let ended = session::store::end_all(connection, store, id, None, EndReason::Revoked, now).await?;
                    let after = read(connection, store, id).await?;
                    let subject = Subject::new("account", id);
                    let entry = Entry::new(&*ids, now, store, actor, turn.action(), subject);
                    audit::store::insert(connection, &entry.changed(told(&before), told(&after))).await?;
                    Ok::<_, StaffError>((after, ended))
                })
                .await
        });
        let (account, ended): (Account, Vec<SessionId>) = turned.await?;
        self.sessions.heard(ended, now);
        Ok(account)
    }

    async fn with_password(
        &self,
        store: StoreId,
        invitation: Invitation,
        password: SecretString,
    ) -> Result<Draft, StaffError> {
        let Invitation { email, name, role } = invitation;
        let hash = self.accounts.hash(password, Some(&email)).await?;
        let draft = Draft::of(store, role);
        // Who sits at the machine, or has the configuration, vouches for the address.
        Ok(Draft { email: Some(email), email_is_verified: true, password_hash: Some(hash), name, ..draft })
    }

    async fn make(&self, draft: Draft, actor: Actor, only_first: bool) -> Result<Account, StaffError> {
        let (now, ids) = (self.now(), Arc::clone(&self.ids));
        let id = AccountId::from_uuid(ids.next(now));
        let made = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let store = draft.store;
                    if only_first {
                        store::lock_first_admin(connection).await?;
                        if !store::lock_active_admins(connection, store).await?.is_empty() {
                            return Err(StaffError::NotTheFirst);
                        }
                    }
                    if !accounts_store::insert(connection, id, &draft, now).await? {
                        return Err(crate::account::Error::Taken.into());
                    }
                    if draft.role == Role::Seller {
                        let seller = SellerId::from_uuid(ids.next(now));
                        store::insert_seller(connection, seller, store, id, now).await?;
                    }
                    let account = read(connection, store, id).await?;
                    let subject = Subject::new("account", id);
                    let entry = Entry::new(&*ids, now, store, actor, "account.create", subject);
                    audit::store::insert(connection, &entry.made(told(&account))).await?;
                    Ok(account)
                })
                .await
        });
        made.await
    }

    /// As PostgreSQL keeps it.
    fn now(&self) -> Timestamp {
        self.clock.now().trunc_subsecs(6)
    }
}

async fn read(connection: &mut AsyncPgConnection, store: StoreId, id: AccountId) -> Result<Account, StaffError> {
    let kept = accounts_store::by_id(connection, store, id).await?;
    kept.map(|kept| kept.account).ok_or(StaffError::NotFound)
}

/// What the audit trail says of an account. What is personal is hidden there.
fn told(account: &Account) -> Value {
    json!({ "role": account.role.name(), "status": account.status.name() })
}
