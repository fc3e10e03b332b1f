//! An account that is to be forgotten.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::id::{AccountId, SessionId, StoreId};

use super::store;
use crate::customer::error::Error;
use crate::customer::handle::Customers;
use crate::customer::store::lock;
use crate::notification::{Notice, Recipient, post};
use crate::{second_factor, session};

impl Customers {
    /// Forgets who an account is, and ends its sessions; says which. Whoever calls it has made sure that it is its owner who
    /// wants that. A last message says so to where it was reached.
    pub async fn erase(&self, store: StoreId, account: AccountId) -> Result<Vec<SessionId>, Error> {
        let now = self.clock().now();
        let keep_s = self.keep().order_addresses.num_seconds();
        let farewell = self.farewell(store, account).await?;
        self.claim_what_is_theirs(store, account).await?;
        let erased = self.database().run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    // Before its recovery codes: in this order whoever shows a code holds them.
                    second_factor::remove_in_op(connection, account).await?;
                    let recipients = store::reach(connection, account).await?;
                    let reason = session::EndReason::Revoked;
                    let ended = session::store::end_all(connection, store, account, None, reason, now).await?;
                    store::remove_belongings(connection, account).await?;
                    store::remove_by_recipient(connection, store, &recipients).await?;
                    store::note_orders(connection, &[account], keep_s, now).await?;
                    store::blank(connection, account, now).await?;
                    if let Some(farewell) = &farewell {
                        post(connection, farewell).await?;
                    }
                    Ok::<_, Error>(ended)
                })
                .await
        });
        let ended = erased.await?;
        self.notifications().wake();
        if let Err(error) = self.erase_due().await {
            tracing::warn!(%error, "what is to be forgotten of orders is forgotten later");
        }
        Ok(ended)
    }

    /// What they ordered under their address before they had the account is theirs too, whether they asked for it or not.
    pub async fn claim_what_is_theirs(&self, store: StoreId, account: AccountId) -> Result<(), Error> {
        match self.claim(store, account).await {
            Ok(_) | Err(Error::Unconfirmed) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Without the account's number: it goes to nobody's rooms.
    async fn farewell(&self, store: StoreId, account: AccountId) -> Result<Option<crate::notification::Draft>, Error> {
        let email = self.database().run(move |mut connection| async move {
            Ok::<_, Error>(crate::customer::claim::store::confirmed_email(&mut connection, store, account).await?)
        });
        let notice = Notice::AccountErased { at: self.clock().now() };
        Ok(email.await?.map(|email| self.notifications().draft(store, None, &Recipient::from(email), &notice)))
    }
}
