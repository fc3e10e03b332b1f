//! What can be done with an address book: exactly one of its addresses is the default, as long as there are any.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::id::{AccountId, AddressId, StoreId};
use engine::postgres::DatabaseError;

use super::draft::Draft;
use super::store::{self, Address};
use crate::customer::error::Error;
use crate::customer::handle::Customers;
use crate::customer::store::lock;

/// Nobody has parcels sent to more places.
pub const ADDRESSES_MAX: i64 = 50;

impl Customers {
    /// The default first, then the newest.
    pub async fn addresses(&self, store: StoreId, account: AccountId) -> Result<Vec<Address>, Error> {
        let read = self.database().run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::list(&mut connection, store, account).await?)
        });
        Ok(read.await?)
    }

    pub async fn address(&self, store: StoreId, account: AccountId, id: AddressId) -> Result<Address, Error> {
        let read = self.database().run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::find(&mut connection, store, account, id).await?)
        });
        read.await?.ok_or(Error::NotFound)
    }

    /// The first one is the default, whatever was asked.
    pub async fn add_address(&self, store: StoreId, account: AccountId, draft: Draft) -> Result<Address, Error> {
        let now = self.clock().now();
        let id = AddressId::from_uuid(self.ids().next(now));
        let changed = self.database().run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    let known = store::list(connection, store, account).await?;
                    if i64::try_from(known.len()).is_ok_and(|known| known >= ADDRESSES_MAX) {
                        return Err(Error::Full { max: ADDRESSES_MAX });
                    }
                    let draft = Draft { is_default: draft.is_default || known.is_empty(), ..draft };
                    if draft.is_default {
                        store::no_default(connection, account, id, now).await?;
                    }
                    Ok(store::insert(connection, store, account, id, &draft, now).await?)
                })
                .await
        });
        changed.await
    }

    /// Another one in its place. The default stays it until another is made it.
    pub async fn change_address(
        &self,
        store: StoreId,
        account: AccountId,
        id: AddressId,
        expected: Option<i64>,
        draft: Draft,
    ) -> Result<Address, Error> {
        let now = self.clock().now();
        let changed = self.database().run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    let known = as_expected(connection, store, account, id, expected).await?;
                    let draft = Draft { is_default: draft.is_default || known.is_default, ..draft };
                    if draft.is_default {
                        store::no_default(connection, account, id, now).await?;
                    }
                    Ok(store::replace(connection, id, &draft, known.version + 1, now).await?)
                })
                .await
        });
        changed.await
    }

    /// If it was the default, the newest of the others is.
    pub async fn remove_address(
        &self,
        store: StoreId,
        account: AccountId,
        id: AddressId,
        expected: Option<i64>,
    ) -> Result<(), Error> {
        let now = self.clock().now();
        let changed = self.database().run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    let known = as_expected(connection, store, account, id, expected).await?;
                    store::remove(connection, id).await?;
                    if known.is_default
                        && let Some(next) = store::list(connection, store, account).await?.first()
                    {
                        store::make_default(connection, next.id, now).await?;
                    }
                    Ok(())
                })
                .await
        });
        changed.await
    }
}

async fn as_expected(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    id: AddressId,
    expected: Option<i64>,
) -> Result<Address, Error> {
    let known = store::find(connection, store, account, id).await?.ok_or(Error::NotFound)?;
    match expected {
        Some(expected) if expected != known.version => Err(Error::VersionConflict { current: known.version }),
        Some(_) | None => Ok(known),
    }
}
