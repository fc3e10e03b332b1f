//! The account's row: whoever changes a room holds it.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::id::{AccountId, StoreId};

use super::error::Error;
use crate::account::Status;
use crate::schema::accounts;

/// For the rest of the transaction nobody else changes this account's rooms, and it is not erased.
pub(super) async fn lock(connection: &mut AsyncPgConnection, store: StoreId, account: AccountId) -> Result<(), Error> {
    let row: Option<AccountId> = accounts::table
        .find(account)
        .filter(accounts::store_id.eq(store))
        .filter(accounts::status.eq(Status::Active.name()))
        .select(accounts::id)
        .for_no_key_update()
        .first(connection)
        .await
        .optional()?;
    row.map(|_| ()).ok_or(Error::NoAccount)
}
