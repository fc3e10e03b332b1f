//! SQL of the accounts of staff and sellers.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, SellerId, StoreId};

use crate::access::Role;
use crate::account::{Account, Status, store as accounts_store};
use crate::notification::Recipient;
use crate::schema::{accounts, sellers};

/// Whoever makes a first admin is alone in doing so; the number is nobody else's.
const FIRST_ADMIN_LOCK: i64 = 0x646f_6f72_6164_6d69;

/// By id, those after `after`; of one role, or all but customers.
pub(super) async fn after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    role: Option<Role>,
    after: Option<AccountId>,
    limit: i64,
) -> QueryResult<Vec<Account>> {
    let mut query = accounts::table.filter(accounts::store_id.eq(store)).into_boxed();
    query = match role {
        Some(role) => query.filter(accounts::role.eq(role.name())),
        None => query.filter(accounts::role.ne(Role::Customer.name())),
    };
    if let Some(after) = after {
        query = query.filter(accounts::id.gt(after));
    }
    let ids: Vec<AccountId> = query.order(accounts::id).limit(limit).select(accounts::id).load(connection).await?;
    accounts_store::by_ids(connection, store, &ids).await
}

/// By id, those after `after`; of one address or number, if there is one.
pub(super) async fn customers(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    reached: Option<&Recipient>,
    after: Option<AccountId>,
    limit: i64,
) -> QueryResult<Vec<Account>> {
    let customers = accounts::store_id.eq(store).and(accounts::role.eq(Role::Customer.name()));
    let mut query = accounts::table.filter(customers).into_boxed();
    query = match reached {
        Some(Recipient::Email(email)) => query.filter(accounts::email_key.eq(email.key())),
        Some(Recipient::Phone(phone)) => query.filter(accounts::phone.eq(phone.as_str())),
        None => query,
    };
    if let Some(after) = after {
        query = query.filter(accounts::id.gt(after));
    }
    let ids: Vec<AccountId> = query.order(accounts::id).limit(limit).select(accounts::id).load(connection).await?;
    accounts_store::by_ids(connection, store, &ids).await
}

/// Locks every admin who may come in, in the order of their ids: of two who would both remove one, the second sees what the
/// first has done.
pub(super) async fn lock_active_admins(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<Vec<AccountId>> {
    let active = accounts::role.eq(Role::Admin.name()).and(accounts::status.eq(Status::Active.name()));
    let admins = accounts::table.filter(accounts::store_id.eq(store)).filter(active);
    admins.order(accounts::id).select(accounts::id).for_no_key_update().load(connection).await
}

/// The same, and `id` with them, whatever it is: all in one order, so that no two wait for each other. `None`: there is no
/// such account.
pub(super) async fn lock_with_active_admins(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: AccountId,
) -> QueryResult<Option<Vec<AccountId>>> {
    let active = accounts::role.eq(Role::Admin.name()).and(accounts::status.eq(Status::Active.name()));
    let locked: Vec<(AccountId, String, String)> = accounts::table
        .filter(accounts::store_id.eq(store))
        .filter(active.or(accounts::id.eq(id)))
        .order(accounts::id)
        .select((accounts::id, accounts::role, accounts::status))
        .for_no_key_update()
        .load(connection)
        .await?;
    if !locked.iter().any(|(locked, ..)| *locked == id) {
        return Ok(None);
    }
    let is_active_admin = |role: &str, status: &str| role == Role::Admin.name() && status == Status::Active.name();
    let admins = locked.into_iter().filter(|(_, role, status)| is_active_admin(role, status));
    Ok(Some(admins.map(|(id, ..)| id).collect()))
}

pub(super) async fn lock_first_admin(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    let lock = diesel::sql_query("select pg_advisory_xact_lock($1)").bind::<BigInt, _>(FIRST_ADMIN_LOCK);
    lock.execute(connection).await.map(|_| ())
}

pub(super) async fn set(
    connection: &mut AsyncPgConnection,
    id: AccountId,
    role: Role,
    status: Status,
    now: Timestamp,
) -> QueryResult<()> {
    let changed = (
        accounts::role.eq(role.name()),
        accounts::status.eq(status.name()),
        accounts::secured_at.eq(now),
        accounts::version.eq(accounts::version + 1),
        accounts::updated_at.eq(now),
    );
    diesel::update(accounts::table.find(id)).set(changed).execute(connection).await?;
    Ok(())
}

/// Unless it sells already.
pub(super) async fn insert_seller(
    connection: &mut AsyncPgConnection,
    id: SellerId,
    store: StoreId,
    account: AccountId,
    now: Timestamp,
) -> QueryResult<()> {
    let row =
        (sellers::id.eq(id), sellers::store_id.eq(store), sellers::account_id.eq(account), sellers::created_at.eq(now));
    let inserted = diesel::insert_into(sellers::table).values(row).on_conflict(sellers::account_id).do_nothing();
    inserted.execute(connection).await?;
    Ok(())
}

pub(super) async fn seller_of(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Option<SellerId>> {
    let own = sellers::store_id.eq(store).and(sellers::account_id.eq(account));
    sellers::table.filter(own).select(sellers::id).first(connection).await.optional()
}
