//! What can be done with orders of before.

use std::collections::BTreeSet;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::id::{AccountId, OrderId, StoreId};

use super::contacts::{CONSUMER, placed};
use super::store::{self, Digest};
use crate::customer::error::Error;
use crate::customer::handle::Customers;
use crate::customer::store::lock;

const AT_ONCE: i64 = 1_000;

impl Customers {
    /// Makes the account's what was ordered by a guest under the address that is known to be its owner's; says which orders
    /// are new to it. Again it finds what came since.
    pub async fn claim(&self, store: StoreId, account: AccountId) -> Result<Vec<OrderId>, Error> {
        let now = self.clock().now();
        let claimed = self.database().run_at_length(move |mut connection| async move {
            let email = store::confirmed_email(&mut connection, store, account).await?.ok_or(Error::Unconfirmed)?;
            let digest = Digest::of(store, &email);
            let found = find(&mut connection, store, digest).await?;
            if found.is_empty() {
                return Ok(Vec::new());
            }
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    // It may have been given another address meanwhile.
                    if store::confirmed_email(connection, store, account).await?.as_ref() != Some(&email) {
                        return Err(Error::Unconfirmed);
                    }
                    Ok(store::claim(connection, store, account, &found, now).await?)
                })
                .await
        });
        claimed.await
    }

    /// The newest first, older than `before`.
    pub async fn claimed(
        &self,
        store: StoreId,
        account: AccountId,
        before: Option<OrderId>,
        limit: i64,
    ) -> Result<Vec<OrderId>, Error> {
        let read = self.database().run(move |mut connection| async move {
            Ok::<_, Error>(store::claimed(&mut connection, store, account, before, limit).await?)
        });
        read.await
    }

    pub async fn has_claimed(&self, store: StoreId, account: AccountId, order: OrderId) -> Result<bool, Error> {
        let read = self.database().run(move |mut connection| async move {
            Ok::<_, Error>(store::has_claimed(&mut connection, store, account, order).await?)
        });
        read.await
    }
}

/// Orders of guests under this address. How far the notes are is read first, the notes last: what moves from the one to the
/// other in between is seen in both.
async fn find(connection: &mut AsyncPgConnection, store: StoreId, digest: Digest) -> Result<Vec<OrderId>, Error> {
    let Some(news) = store::news_since(connection, CONSUMER, store).await? else {
        return find_in_all(connection, store, digest).await;
    };
    let news = news.iter().filter_map(|payload| serde_json::from_str(payload).ok());
    let mut candidates: BTreeSet<OrderId> = news.flat_map(placed).collect();
    candidates.extend(store::noted(connection, store, digest).await?);
    let candidates: Vec<OrderId> = candidates.into_iter().collect();
    let mut found = Vec::new();
    for some in candidates.chunks(AT_ONCE as usize) {
        let contacts = store::contacts_of(connection, some).await?;
        found.extend(contacts.iter().filter(|contact| is_theirs(contact, store, digest)).map(|contact| contact.order));
    }
    Ok(found)
}

async fn find_in_all(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    digest: Digest,
) -> Result<Vec<OrderId>, Error> {
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let contacts = store::contacts_after(connection, after, AT_ONCE).await?;
        let Some(last) = contacts.last() else { return Ok(found) };
        after = Some(last.order);
        found.extend(contacts.iter().filter(|contact| is_theirs(contact, store, digest)).map(|contact| contact.order));
    }
}

fn is_theirs(contact: &store::Contact, store: StoreId, digest: Digest) -> bool {
    contact.is_a_guests && contact.store == store && contact.digest() == Some(digest)
}
