//! Begins sessions, lets them go on, and ends them.

use std::sync::Arc;

use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::clock::{IdSource, Timestamp};
use engine::id::{AccountId, SessionId, StoreId};
use engine::postgres::{Database, DatabaseError};
use rand::TryRng;
use rand::rngs::SysRng;

use super::family::{Verdict, decide};
use super::store::{FamilyRow, NewRow};
use super::{Begun, Board, Device, EndReason, Error, Session, news, store};
use crate::account::{self, Account, Status};
use crate::notification::{Notice, Notifications, Recipient, post};
use crate::token::{Access, AccessTokens, InvalidToken, RefreshTokens, Shown, hash};

/// How long what lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of a refresh token, and of a session that nobody uses.
    pub refresh: TimeDelta,
    /// Of a session, however much it is used.
    pub session: TimeDelta,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Sessions(Arc<Parts>);

struct Parts {
    database: Database,
    ids: Arc<dyn IdSource>,
    board: Board,
    access: AccessTokens,
    refresh: RefreshTokens,
    lifetimes: Lifetimes,
    notifications: Notifications,
}

/// What came of a refresh token, once that is written.
enum Refreshed {
    Newest { family: Box<FamilyRow>, account: Box<Account>, token: String, expires_at: Timestamp },
    Over,
    Stolen(SessionId),
}

impl Sessions {
    pub(crate) fn new(
        database: Database,
        ids: Arc<dyn IdSource>,
        access: AccessTokens,
        refresh: RefreshTokens,
        lifetimes: Lifetimes,
        notifications: Notifications,
    ) -> Self {
        Self(Arc::new(Parts { database, ids, board: Board::new(), access, refresh, lifetimes, notifications }))
    }

    /// Whose access token this is. Asks nobody.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Access, InvalidToken> {
        let access = self.0.access.verify(token, now)?;
        if self.0.board.is_ended(access.session) {
            return Err(InvalidToken::Ended);
        }
        Ok(access)
    }

    /// Of somebody who has shown who they are, and who is told if it is on a device of theirs that is not known.
    pub async fn begin(
        &self,
        account: Account,
        device: Device,
        second_factor: bool,
        now: Timestamp,
    ) -> Result<Begun, Error> {
        let Lifetimes { refresh, session } = self.0.lifetimes;
        let id = SessionId::from_uuid(self.0.ids.next(now));
        let mut seed = [0; 16];
        SysRng.try_fill_bytes(&mut seed).map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
        let token = self.0.refresh.make(id, 0, &seed);
        let expires_at = now + refresh.min(session);
        let row = NewRow {
            id,
            refresh_seed: seed.to_vec(),
            refresh_hash: hash(&token).to_vec(),
            second_factor,
            device,
            begun_at: now,
            expires_at,
        };
        let notifications = self.0.notifications.clone();
        let begin = self.0.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let (device, address) = (row.device.name.clone(), row.device.address);
                    if !store::insert(connection, &account, row).await? {
                        return Err(Error::Over);
                    }
                    let ended = store::end_the_oldest(connection, account.store, account.id, now).await?;
                    let known = store::known(connection, account.id, id).await?;
                    if let Some(email) = news::reader(&account, known) {
                        let address = address.map(|address| address.to_string());
                        let notice = Notice::NewLogin { at: now, device, address };
                        let to = Recipient::from(email.clone());
                        post(connection, &notifications.draft(account.store, Some(account.id), &to, &notice)).await?;
                    }
                    Ok((account, ended))
                })
                .await
        });
        let (account, ended): (Account, Vec<SessionId>) = begin.await?;
        self.heard(ended, now);
        self.0.notifications.wake();
        Ok(self.begun(account, id, second_factor, token, expires_at, now))
    }

    /// Of somebody who shows a refresh token.
    pub async fn refresh(&self, store: StoreId, token: &str, now: Timestamp) -> Result<Begun, Error> {
        let shown = Shown::parse(token).ok_or(Error::Over)?;
        let parts = Arc::clone(&self.0);
        let refreshed = self.0.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    parts.decide(connection, store, &shown, now).await
                })
                .await
        });
        match refreshed.await? {
            Refreshed::Newest { family, account, token, expires_at } => {
                Ok(self.begun(*account, family.id, family.second_factor, token, expires_at, now))
            }
            Refreshed::Over => Err(Error::Over),
            Refreshed::Stolen(session) => {
                self.0.board.note(session, now);
                tracing::warn!(session.id = %session, "an old refresh token was shown; its session is over");
                Err(Error::Stolen)
            }
        }
    }

    /// Those that go on, the one that was seen last first.
    pub async fn list(&self, store: StoreId, account: AccountId, now: Timestamp) -> Result<Vec<Session>, Error> {
        let live = self.0.database.run(move |mut connection| async move {
            Ok::<_, Error>(store::live(&mut connection, store, account, now).await?)
        });
        live.await
    }

    /// Ends one of an account's. Whether there was one that went on.
    pub async fn end(
        &self,
        store: StoreId,
        account: AccountId,
        session: SessionId,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let ended = self.0.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    Ok::<_, Error>(store::end(connection, store, account, session, reason, now).await?)
                })
                .await
        });
        let was_there = ended.await?;
        if was_there {
            self.heard([session], now);
        }
        Ok(was_there)
    }

    /// Ends all of an account's, but for one. How many there were.
    pub async fn end_all(
        &self,
        store: StoreId,
        account: AccountId,
        but: Option<SessionId>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<usize, Error> {
        let ended = self.0.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    Ok::<_, Error>(store::end_all(connection, store, account, but, reason, now).await?)
                })
                .await
        });
        let ended = ended.await?;
        let count = ended.len();
        self.heard(ended, now);
        Ok(count)
    }

    /// Whose refresh token this is, if it is good for anything.
    pub async fn owner(
        &self,
        store: StoreId,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<(AccountId, SessionId)>, Error> {
        let Some(shown) = Shown::parse(token) else { return Ok(None) };
        let parts = Arc::clone(&self.0);
        let found = self.0.database.run(move |mut connection| async move {
            let row = store::family(&mut connection, store, shown.session).await?;
            let row = row.filter(|row| parts.is_genuine(row, &shown));
            let is_over = |row: &FamilyRow| decide(row.family(), shown.number, now) == Verdict::Over;
            Ok::<_, Error>(row.filter(|row| !is_over(row)).map(|row| (row.account_id, row.id)))
        });
        found.await
    }

    /// These have ended, here or elsewhere: their access tokens are worthless from now on.
    pub fn heard(&self, ended: impl IntoIterator<Item = SessionId>, at: Timestamp) {
        ended.into_iter().for_each(|session| self.0.board.note(session, at));
    }

    /// Reads which ended since `since`.
    pub(crate) async fn recall(&self, since: Timestamp) -> Result<(), DatabaseError> {
        let ended = self.0.database.run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::ended_since(&mut connection, since).await?)
        });
        for (session, ended_at) in ended.await? {
            self.heard([session], ended_at.unwrap_or(since));
        }
        Ok(())
    }

    /// Forgets which ended before `before`.
    pub(crate) fn forget(&self, before: Timestamp) {
        self.0.board.forget(before);
    }

    /// Removes the rows of those that were over before `before`; says how many.
    pub(crate) async fn prune(&self, before: Timestamp) -> Result<usize, Error> {
        let pruned = self.0.database.run_at_length(move |mut connection| async move {
            Ok::<_, Error>(store::prune(&mut connection, before).await?)
        });
        pruned.await
    }

    fn begun(
        &self,
        account: Account,
        session: SessionId,
        second_factor: bool,
        refresh_token: String,
        refresh_expires_at: Timestamp,
        now: Timestamp,
    ) -> Begun {
        let (store, role) = (account.store, account.role);
        let access =
            Access { account: account.id, session, store, role, second_factor, expires_at: refresh_expires_at };
        let (access, access_token) = self.0.access.issue(access, now);
        Begun {
            account,
            access,
            access_token: access_token.into(),
            refresh_token: refresh_token.into(),
            refresh_expires_at,
        }
    }
}

impl Parts {
    fn is_genuine(&self, row: &FamilyRow, shown: &Shown) -> bool {
        self.refresh.is_genuine(shown, &row.refresh_seed, row.family().newest, &row.refresh_hash)
    }

    /// In a transaction that is committed whatever comes of it: a session that ends here has ended.
    async fn decide(
        &self,
        connection: &mut AsyncPgConnection,
        store: StoreId,
        shown: &Shown,
        now: Timestamp,
    ) -> Result<Refreshed, Error> {
        let Some(row) = store::family_for_update(connection, store, shown.session).await? else {
            return Ok(Refreshed::Over);
        };
        if !self.is_genuine(&row, shown) {
            return Ok(Refreshed::Over);
        }
        let family = row.family();
        let (token, expires_at) = match decide(family, shown.number, now) {
            Verdict::Rotate => {
                let Lifetimes { refresh, session } = self.lifetimes;
                let token = self.refresh.make(row.id, family.newest + 1, &row.refresh_seed);
                let expires_at = (now + refresh).min(row.begun_at + session);
                store::rotate(connection, row.id, &hash(&token), now, expires_at).await?;
                (token, expires_at)
            }
            Verdict::SameAgain => {
                let again = self.refresh.make_again(row.id, family.newest, &row.refresh_seed, &row.refresh_hash);
                // Without it the secret that made it is gone, and so is everything else that it signed.
                let Some(token) = again else { return Ok(Refreshed::Over) };
                (token, family.expires_at)
            }
            Verdict::Stolen => {
                store::end(connection, store, row.account_id, row.id, EndReason::Stolen, now).await?;
                return Ok(Refreshed::Stolen(row.id));
            }
            Verdict::Over | Verdict::Unknown => return Ok(Refreshed::Over),
        };
        let account = account::store::by_id(connection, store, row.account_id).await?;
        let account = account.map(|kept| kept.account).filter(|account| account.status == Status::Active);
        Ok(match account {
            Some(account) => Refreshed::Newest { family: Box::new(row), account: Box::new(account), token, expires_at },
            None => Refreshed::Over,
        })
    }
}
