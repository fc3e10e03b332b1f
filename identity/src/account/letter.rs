//! Letters with a one-time token: written in the transaction that has a reason to, and not more often than anybody reads.

use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use engine::clock::Timestamp;
use engine::id::{AccountId, StoreId};
use uuid::Uuid;

use super::Error;
use crate::notification::{Notice, Notifications, Recipient, post};
use crate::one_time::{LATELY, OneTimeToken, Purpose, may_send, store};
use crate::reach::Email;

/// Nobody waits for an invitation: it is read when its reader comes to work.
const INVITED: TimeDelta = TimeDelta::days(3);

/// How long what a letter opens can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    pub confirmation: TimeDelta,
    pub reset: TimeDelta,
}

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Letters {
    pub(crate) notifications: Notifications,
    pub(crate) validity: Validity,
}

/// Whose it is and where it goes.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) store: StoreId,
    pub(super) account: AccountId,
    pub(super) email: &'a Email,
}

impl Letters {
    /// "Follow this link if the address is yours."
    pub(super) async fn confirm_email(
        &self,
        connection: &mut AsyncPgConnection,
        to: Reader<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let expires_at = now + self.validity.confirmation;
        let notice = |token| Notice::VerifyEmail { token, expires_at };
        self.send(connection, to, Purpose::ConfirmEmail, expires_at, now, notice).await
    }

    /// "Follow this link to choose a new password."
    pub(super) async fn reset_password(
        &self,
        connection: &mut AsyncPgConnection,
        to: Reader<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let expires_at = now + self.validity.reset;
        let notice = |token| Notice::ResetPassword { token, expires_at };
        self.send(connection, to, Purpose::ResetPassword, expires_at, now, notice).await
    }

    /// "An account was made for you: choose its password."
    pub(super) async fn invitation(
        &self,
        connection: &mut AsyncPgConnection,
        to: Reader<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let expires_at = now + INVITED;
        let notice = |token| Notice::Invitation { token, expires_at };
        self.send(connection, to, Purpose::ResetPassword, expires_at, now, notice).await
    }

    /// "Somebody, perhaps you, wants an account for an address that has one."
    pub(super) async fn account_exists(
        &self,
        connection: &mut AsyncPgConnection,
        to: Reader<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.send(connection, to, Purpose::Nothing, now, now, |_| Notice::AccountExists).await
    }

    /// As many questions to the database as a letter takes, for nobody: who asks for one in the name of an unknown address
    /// waits about as long.
    pub(super) async fn to_nobody(
        &self,
        connection: &mut AsyncPgConnection,
        store: StoreId,
        email: &Email,
        now: Timestamp,
    ) -> Result<(), Error> {
        // In place of counting letters, and of writing one.
        for _ in 0..2 {
            store::sent_since(connection, AccountId::from_uuid(Uuid::nil()), Purpose::Nothing, now - LATELY).await?;
        }
        let token = OneTimeToken::new()?;
        let new = store::New {
            hash: token.hash,
            store,
            account: None,
            purpose: Purpose::Nothing,
            email,
            created_at: now,
            expires_at: now,
        };
        Ok(store::insert(connection, new).await?)
    }

    /// What has happened, without a token: always said.
    pub(super) async fn tell(
        &self,
        connection: &mut AsyncPgConnection,
        to: Reader<'_>,
        notice: &Notice,
    ) -> Result<(), Error> {
        let recipient = Recipient::from(to.email.clone());
        Ok(post(connection, &self.notifications.draft(to.store, Some(to.account), &recipient, notice)).await?)
    }

    async fn send(
        &self,
        connection: &mut AsyncPgConnection,
        to: Reader<'_>,
        purpose: Purpose,
        expires_at: Timestamp,
        now: Timestamp,
        notice: impl FnOnce(String) -> Notice + Send,
    ) -> Result<(), Error> {
        if !may_send(store::sent_since(connection, to.account, purpose, now - LATELY).await?) {
            return Ok(());
        }
        let token = OneTimeToken::new()?;
        let new = store::New {
            hash: token.hash,
            store: to.store,
            account: Some(to.account),
            purpose,
            email: to.email,
            created_at: now,
            expires_at,
        };
        store::insert(connection, new).await?;
        self.tell(connection, to, &notice(token.text)).await
    }
}
