//! Addresses: confirmed by who reads what is sent to them, and exchanged only for such a one.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::clock::Timestamp;
use engine::id::{AccountId, StoreId};
use secrecy::SecretString;

use super::letter::Reader;
use super::{Account, Accounts, Error, Status, store};
use crate::arrival;
use crate::notification::Notice;
use crate::one_time::{self, OPENING, Purpose, Verdict, decide, digest};
use crate::reach::Email;

/// Who follows a link that confirms an address. Reading the address's mail is not enough: whoever wrote somebody else's address
/// down would only have to wait until its owner does as a letter says, and have their account confirmed.
pub enum Follower {
    SignedIn(AccountId),
    Knows(SecretString),
}

impl Accounts {
    /// Sends once more what confirms an account's address; nothing, if it is confirmed.
    pub async fn ask_to_confirm(&self, store: StoreId, account: AccountId, now: Timestamp) -> Result<(), Error> {
        let letters = self.letters.clone();
        let asked = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let kept = store::for_update(connection, store, account).await?.ok_or(Error::NotFound)?;
                    let Account { email: Some(email), email_verified_at: None, .. } = &kept.account else {
                        return Ok(());
                    };
                    letters.confirm_email(connection, Reader { store, account, email }, now).await
                })
                .await
        });
        let asked: Result<(), Error> = asked.await;
        self.letters.notifications.wake();
        asked
    }

    /// Whoever says the password wants another address. It becomes theirs when they confirm it; until then nothing changes.
    /// If it is somebody's already, that one is told, and nobody else.
    pub async fn ask_to_change_email(
        &self,
        store: StoreId,
        account: AccountId,
        password: SecretString,
        wanted: Email,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.recognize(store, account, password).await?;
        let letters = self.letters.clone();
        let asked = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let kept = store::for_update(connection, store, account).await?.ok_or(Error::NotFound)?;
                    if kept.account.email.as_ref().is_some_and(|email| email.key() == wanted.key()) {
                        return Ok(());
                    }
                    let other = store::by_email(connection, store, &wanted).await?;
                    // Who merely wrote it down is not told, and not in the way.
                    let proved = |other: &Account| other.id != account && other.email_verified_at.is_some();
                    match other.filter(|other| proved(&other.account)) {
                        Some(other) => {
                            let written = other.account.email.as_ref().unwrap_or(&wanted);
                            let to = Reader { store, account: other.account.id, email: written };
                            letters.account_exists(connection, to, now).await
                        }
                        None => {
                            let to = Reader { store, account, email: &wanted };
                            letters.confirm_email(connection, to, now).await
                        }
                    }
                })
                .await
        });
        let asked: Result<(), Error> = asked.await;
        self.letters.notifications.wake();
        asked
    }

    /// Somebody followed a letter's link: the address is theirs. Says whose it is.
    pub async fn confirm_email(
        &self,
        store: StoreId,
        token: &str,
        follower: Follower,
        now: Timestamp,
    ) -> Result<AccountId, Error> {
        let hash = digest(token).ok_or(Error::LinkInvalid)?;
        let account = self.open_link(store, Purpose::ConfirmEmail, hash, now).await?.account;
        match follower {
            Follower::SignedIn(who) if who == account => {}
            Follower::SignedIn(_) => return Err(Error::LinkInvalid),
            Follower::Knows(password) => self.recognize(store, account, password).await?,
        }
        let letters = self.letters.clone();
        let confirm = self.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let kept = store::for_update(connection, store, account).await?.ok_or(Error::LinkInvalid)?;
                    // Again, now that nobody else can: it may have been used meanwhile.
                    let row = one_time::store::find(connection, store, Purpose::ConfirmEmail, hash).await?;
                    let row = row.filter(|row| decide(row.kept, now) == Verdict::Opens).ok_or(Error::LinkInvalid)?;
                    if kept.account.status != Status::Active {
                        return Err(Error::LinkInvalid);
                    }
                    let before = kept.account.email.as_ref();
                    if before.is_some_and(|email| email.key() == row.email.key()) {
                        store::confirm_email(connection, account, now).await?;
                        one_time::store::use_up(connection, account, &[Purpose::ConfirmEmail], now).await?;
                    } else {
                        arrival::take_over_in_op(connection, store, &row.email, account, now).await?;
                        store::change_email(connection, account, &row.email, now).await?;
                        // What was sent to the address of before opens nothing any more.
                        one_time::store::use_up(connection, account, &OPENING, now).await?;
                        if let Some(email) = before {
                            let to = Reader { store, account, email };
                            letters.tell(connection, to, &Notice::EmailChanged { at: now }).await?;
                        }
                    }
                    Ok(())
                })
                .await
        });
        let confirmed: Result<(), Error> = confirm.await;
        self.letters.notifications.wake();
        confirmed.map(|()| account)
    }
}
