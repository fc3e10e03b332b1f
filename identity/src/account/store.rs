//! SQL of accounts.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, StoreId};

use super::{Account, Draft, Status};
use crate::reach::{Email, Phone};
use crate::schema::accounts;
use crate::unreadable::unreadable;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: AccountId,
    store_id: StoreId,
    email: Option<String>,
    email_key: Option<String>,
    email_verified_at: Option<Timestamp>,
    phone: Option<String>,
    phone_verified_at: Option<Timestamp>,
    password_hash: Option<String>,
    name: Option<String>,
    role: String,
    status: String,
    secured_at: Timestamp,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// An account, and what its password is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) account: Account,
    pub(crate) password_hash: Option<String>,
}

/// Whether it is there now. If not, another has its address or number.
pub(crate) async fn insert(
    connection: &mut AsyncPgConnection,
    id: AccountId,
    draft: &Draft,
    now: Timestamp,
) -> QueryResult<bool> {
    let row = AccountRow::new(id, draft, now);
    let inserted = diesel::insert_into(accounts::table).values(row).on_conflict_do_nothing();
    Ok(inserted.execute(connection).await? == 1)
}

pub(crate) async fn by_id(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: AccountId,
) -> QueryResult<Option<Kept>> {
    let row = accounts::table.find(id).filter(accounts::store_id.eq(store)).select(AccountRow::as_select());
    row.first(connection).await.optional()?.map(Kept::try_from).transpose()
}

/// In the order of their ids.
pub(crate) async fn by_ids(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    ids: &[AccountId],
) -> QueryResult<Vec<Account>> {
    let own = accounts::store_id.eq(store).and(accounts::id.eq_any(ids));
    let rows = accounts::table.filter(own).order(accounts::id).select(AccountRow::as_select()).load(connection).await?;
    rows.into_iter().map(|row: AccountRow| Kept::try_from(row).map(|kept| kept.account)).collect()
}

pub(crate) async fn by_email(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    email: &Email,
) -> QueryResult<Option<Kept>> {
    let row = accounts::table.filter(accounts::store_id.eq(store).and(accounts::email_key.eq(email.key())));
    row.select(AccountRow::as_select()).first(connection).await.optional()?.map(Kept::try_from).transpose()
}

pub(crate) async fn by_phone(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    phone: &Phone,
) -> QueryResult<Option<Kept>> {
    let row = accounts::table.filter(accounts::store_id.eq(store).and(accounts::phone.eq(phone.as_str())));
    row.select(AccountRow::as_select()).first(connection).await.optional()?.map(Kept::try_from).transpose()
}

/// Nobody else changes it until the transaction ends.
pub(crate) async fn for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: AccountId,
) -> QueryResult<Option<Kept>> {
    let row = accounts::table.find(id).filter(accounts::store_id.eq(store)).for_no_key_update();
    row.select(AccountRow::as_select()).first(connection).await.optional()?.map(Kept::try_from).transpose()
}

/// Nobody else changes it until the transaction ends.
pub(crate) async fn by_email_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    email: &Email,
) -> QueryResult<Option<Kept>> {
    let row = accounts::table.filter(accounts::store_id.eq(store).and(accounts::email_key.eq(email.key())));
    let row = row.for_no_key_update().select(AccountRow::as_select());
    row.first(connection).await.optional()?.map(Kept::try_from).transpose()
}

/// Whoever was let in with the old one, and has no session yet, gets none.
pub(crate) async fn set_password(
    connection: &mut AsyncPgConnection,
    id: AccountId,
    hash: &str,
    now: Timestamp,
) -> QueryResult<()> {
    let change = (
        accounts::password_hash.eq(hash),
        accounts::secured_at.eq(now),
        accounts::version.eq(accounts::version + 1),
        accounts::updated_at.eq(now),
    );
    diesel::update(accounts::table.find(id)).set(change).execute(connection).await?;
    Ok(())
}

/// Its owner reads what is sent there.
pub(crate) async fn confirm_email(
    connection: &mut AsyncPgConnection,
    id: AccountId,
    now: Timestamp,
) -> QueryResult<()> {
    let unconfirmed = accounts::table.find(id).filter(accounts::email_verified_at.is_null());
    let change = (
        accounts::email_verified_at.eq(now),
        accounts::version.eq(accounts::version + 1),
        accounts::updated_at.eq(now),
    );
    diesel::update(unconfirmed).set(change).execute(connection).await?;
    Ok(())
}

/// To one that its owner reads. A violation of `accounts_email_key`: it is another account's.
pub(crate) async fn change_email(
    connection: &mut AsyncPgConnection,
    id: AccountId,
    email: &Email,
    now: Timestamp,
) -> QueryResult<()> {
    let change = (
        accounts::email.eq(email.as_str()),
        accounts::email_key.eq(email.key()),
        accounts::email_verified_at.eq(now),
        accounts::version.eq(accounts::version + 1),
        accounts::updated_at.eq(now),
    );
    diesel::update(accounts::table.find(id)).set(change).execute(connection).await?;
    Ok(())
}

/// The same password under better parameters; not if it was changed meanwhile.
pub(crate) async fn rehash(connection: &mut AsyncPgConnection, id: AccountId, old: &str, new: &str) -> QueryResult<()> {
    let row = accounts::table.find(id).filter(accounts::password_hash.eq(old));
    diesel::update(row).set(accounts::password_hash.eq(new)).execute(connection).await?;
    Ok(())
}

impl AccountRow {
    fn new(id: AccountId, draft: &Draft, now: Timestamp) -> Self {
        Self {
            id,
            store_id: draft.store,
            email: draft.email.as_ref().map(|email| email.as_str().to_owned()),
            email_key: draft.email.as_ref().map(|email| email.key().to_owned()),
            email_verified_at: (draft.email.is_some() && draft.email_is_verified).then_some(now),
            phone: draft.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            phone_verified_at: (draft.phone.is_some() && draft.phone_is_verified).then_some(now),
            password_hash: draft.password_hash.clone(),
            name: draft.name.clone(),
            role: draft.role.name().to_owned(),
            status: Status::Active.name().to_owned(),
            secured_at: now,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

impl TryFrom<AccountRow> for Kept {
    type Error = diesel::result::Error;

    fn try_from(row: AccountRow) -> QueryResult<Self> {
        let account = Account {
            id: row.id,
            store: row.store_id,
            email: row.email.as_deref().map(Email::parse).transpose().map_err(unreadable)?,
            email_verified_at: row.email_verified_at,
            phone: row.phone.as_deref().map(Phone::parse).transpose().map_err(unreadable)?,
            phone_verified_at: row.phone_verified_at,
            has_password: row.password_hash.is_some(),
            name: row.name,
            role: row.role.parse().map_err(unreadable)?,
            status: row.status.parse().map_err(unreadable)?,
            secured_at: row.secured_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        Ok(Self { account, password_hash: row.password_hash })
    }
}
