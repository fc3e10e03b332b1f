//! Passwords that are forgotten, and passwords that are changed.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::clock::Timestamp;
use engine::id::{AccountId, SessionId, StoreId};
use engine::postgres::DatabaseError;
use secrecy::{ExposeSecret, SecretString};

use super::letter::Reader;
use super::store::{self, Kept};
use super::{Account, Accounts, Error, Status};
use crate::arrival::{self, Arrival, Entered};
use crate::notification::{Notice, Recipient};
use crate::one_time::{self, OPENING, Purpose, Verdict, decide, digest};
use crate::password;
use crate::reach::Email;
use crate::session::{self, EndReason};

impl Accounts {
    /// Sends a letter to whom the address belongs. Whether it is anybody's is not told, and takes as long to find out.
    pub async fn forgot_password(&self, store: StoreId, email: Email, now: Timestamp) -> Result<(), Error> {
        let letters = self.letters.clone();
        let asked = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let found = store::by_email_for_update(connection, store, &email).await?;
                    let found = found.map(|kept| kept.account).filter(|account| account.status == Status::Active);
                    match found {
                        // To the address as its owner wrote it, not as whoever asks does.
                        Some(Account { id: account, email: Some(email), .. }) => {
                            letters.reset_password(connection, Reader { store, account, email: &email }, now).await
                        }
                        Some(_) | None => letters.to_nobody(connection, store, &email, now).await,
                    }
                })
                .await
        });
        let asked: Result<(), Error> = asked.await;
        self.letters.notifications.wake();
        asked
    }

    /// Writes to somebody for whom an account was made how to choose its password.
    pub(crate) async fn invite(&self, account: &Account, now: Timestamp) -> Result<(), Error> {
        let (letters, account) = (self.letters.clone(), account.clone());
        let written = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let Account { id, store, email: Some(email), .. } = &account else { return Ok(()) };
                    letters.invitation(connection, Reader { store: *store, account: *id, email }, now).await
                })
                .await
        });
        let written: Result<(), Error> = written.await;
        self.letters.notifications.wake();
        written
    }

    /// Chooses a new password with what a letter brought. Whoever was signed in is not any more.
    pub async fn reset_password(
        &self,
        store: StoreId,
        token: &str,
        password: SecretString,
        now: Timestamp,
    ) -> Result<(), Error> {
        let hash = digest(token).ok_or(Error::LinkInvalid)?;
        let found = self.open_link(store, Purpose::ResetPassword, hash, now).await?;
        password::check(password.expose_secret(), Some(&found.email)).map_err(Error::Weak)?;
        let new = self.passwords.place()?.hash(password).await.map_err(|error| Error::Internal(error.to_string()))?;
        let (letters, fresh) = (self.letters.clone(), AccountId::from_uuid(self.ids.next(now)));
        let reset = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let kept = store::for_update(connection, store, found.account).await?.ok_or(Error::LinkInvalid)?;
                    // Again, now that nobody else can: it may have been used meanwhile.
                    let row = one_time::store::find(connection, store, Purpose::ResetPassword, hash).await?;
                    let row = row.filter(|row| decide(row.kept, now) == Verdict::Opens).ok_or(Error::LinkInvalid)?;
                    if kept.account.status != Status::Active {
                        return Err(Error::LinkInvalid);
                    }
                    // Who opened it reads what is sent there. Whoever wrote the address down before may be somebody else.
                    let to = Recipient::Email(row.email.clone());
                    let arrival = Arrival { store, address: &to, fresh, now };
                    let Entered::In { account, mut ended, .. } = arrival::arrive_in_op(connection, &arrival).await?
                    else {
                        return Err(Error::LinkInvalid);
                    };
                    store::set_password(connection, account, &new, now).await?;
                    for account in [account, found.account] {
                        one_time::store::use_up(connection, account, &OPENING, now).await?;
                    }
                    let all =
                        session::store::end_all(connection, store, account, None, EndReason::PasswordChanged, now);
                    ended.extend(all.await?);
                    let to = Reader { store, account, email: &row.email };
                    letters.tell(connection, to, &Notice::PasswordChanged { at: now }).await?;
                    Ok(ended)
                })
                .await
        });
        let ended: Vec<SessionId> = match reset.await {
            // Somebody made an account with the address at the same moment.
            Err(Error::Database(DatabaseError::Query(error))) if arrival::was_overtaken(&error) => {
                return Err(Error::LinkInvalid);
            }
            reset => reset?,
        };
        self.sessions.heard(ended, now);
        self.letters.notifications.wake();
        Ok(())
    }

    /// By its owner, who says the old one. Every other session ends.
    pub async fn change_password(
        &self,
        store: StoreId,
        account: AccountId,
        session: SessionId,
        current: SecretString,
        password: SecretString,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Kept { account: known, password_hash: old } = self.recognized(store, account, current).await?;
        password::check(password.expose_secret(), known.email.as_ref()).map_err(Error::Weak)?;
        let new = self.passwords.place()?.hash(password).await.map_err(|error| Error::Internal(error.to_string()))?;
        let letters = self.letters.clone();
        let change = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let kept = store::for_update(connection, store, account).await?.ok_or(Error::NotFound)?;
                    // Somebody changed it meanwhile: what was said is not the old one any more.
                    if kept.password_hash != old || kept.account.status != Status::Active {
                        return Err(Error::WrongPassword);
                    }
                    store::set_password(connection, account, &new, now).await?;
                    one_time::store::use_up(connection, account, &OPENING, now).await?;
                    let but = Some(session);
                    let ended =
                        session::store::end_all(connection, store, account, but, EndReason::PasswordChanged, now);
                    let ended = ended.await?;
                    if let Some(email) = &kept.account.email {
                        let to = Reader { store, account, email };
                        letters.tell(connection, to, &Notice::PasswordChanged { at: now }).await?;
                    }
                    Ok(ended)
                })
                .await
        });
        let ended: Vec<SessionId> = change.await?;
        self.sessions.heard(ended, now);
        self.letters.notifications.wake();
        Ok(())
    }

    /// Whether this is its password.
    pub async fn recognize(&self, store: StoreId, account: AccountId, password: SecretString) -> Result<(), Error> {
        self.recognized(store, account, password).await.map(drop)
    }

    /// The account, for who says its password.
    async fn recognized(&self, store: StoreId, account: AccountId, password: SecretString) -> Result<Kept, Error> {
        let place = self.passwords.place()?;
        let kept = self.database.run(move |mut connection| async move {
            store::by_id(&mut connection, store, account).await.map_err(DatabaseError::Query)
        });
        let kept = kept.await?.ok_or(Error::NotFound)?;
        let checked = place.check(password, kept.password_hash.clone()).await;
        let checked = checked.map_err(|error| Error::Internal(error.to_string()))?;
        if checked.matches { Ok(kept) } else { Err(Error::WrongPassword) }
    }

    /// Whose letter it was, if it opens anything yet.
    pub(super) async fn open_link(
        &self,
        store: StoreId,
        purpose: Purpose,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Link, Error> {
        let found = self.database.run(move |mut connection| async move {
            one_time::store::find(&mut connection, store, purpose, hash).await.map_err(DatabaseError::Query)
        });
        let row = found.await?.filter(|row| decide(row.kept, now) == Verdict::Opens).ok_or(Error::LinkInvalid)?;
        Ok(Link { account: row.account.ok_or(Error::LinkInvalid)?, email: row.email })
    }
}

/// What a link was sent to.
pub(super) struct Link {
    pub(super) account: AccountId,
    pub(super) email: Email,
}
