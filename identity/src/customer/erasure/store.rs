//! SQL of forgetting.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, OrderId, StoreId};

/// Tables with a column `account_id` of which an account's rows stay: sessions have ended and lose what tells of devices,
/// claims say whose orders were to be forgotten, and whoever has goods to sell is not only a person.
const KEPT: &str = "'sessions', 'order_claims', 'sellers'";

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Removes an account's rows wherever there are any: a table that comes later is forgotten with the others.
pub(super) async fn remove_belongings(connection: &mut AsyncPgConnection, account: AccountId) -> QueryResult<()> {
    for table in tables_with(connection, "account_id").await? {
        diesel::sql_query(format!("delete from {table} where account_id = $1"))
            .bind::<Uuid, _>(account)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Removes what was sent to where the account is reached, whoever asked for it.
pub(super) async fn remove_by_recipient(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    recipients: &[String],
) -> QueryResult<()> {
    for table in tables_with(connection, "recipient_key").await? {
        diesel::sql_query(format!("delete from {table} where store_id = $1 and recipient_key = any($2)"))
            .bind::<Uuid, _>(store)
            .bind::<Array<Text>, _>(recipients)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Quoted, as they are put into a statement.
async fn tables_with(connection: &mut AsyncPgConnection, column: &str) -> QueryResult<Vec<String>> {
    let names: Vec<Name> = diesel::sql_query(format!(
        "select quote_ident(c.relname) as name
         from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = (select oid from pg_namespace where nspname = current_schema()) and c.relkind = 'r' and a.attname = $1
           and not a.attisdropped and c.relname not in ({KEPT})
         order by 1",
    ))
    .bind::<Text, _>(column)
    .load(connection)
    .await?;
    Ok(names.into_iter().map(|row| row.name).collect())
}

#[derive(QueryableByName)]
struct Reach {
    #[diesel(sql_type = Nullable<Text>)]
    email_key: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    phone: Option<String>,
}

/// Where it can be reached, as addresses are compared.
pub(super) async fn reach(connection: &mut AsyncPgConnection, account: AccountId) -> QueryResult<Vec<String>> {
    let reach: Reach = diesel::sql_query("select email_key, phone from accounts where id = $1")
        .bind::<Uuid, _>(account)
        .get_result(connection)
        .await?;
    Ok([reach.email_key, reach.phone].into_iter().flatten().collect())
}

/// Nobody signs in to it any more, and its address and number are free.
pub(super) async fn blank(connection: &mut AsyncPgConnection, account: AccountId, now: Timestamp) -> QueryResult<()> {
    diesel::sql_query(
        "update accounts set email = null, email_key = null, email_verified_at = null, phone = null,
                phone_verified_at = null, password_hash = null, name = null, status = 'erased',
                secured_at = $2, updated_at = $2, version = version + 1
         where id = $1",
    )
    .bind::<Uuid, _>(account)
    .bind::<Timestamptz, _>(now)
    .execute(connection)
    .await?;
    diesel::sql_query("update sessions set device = null, address = null where account_id = $1")
        .bind::<Uuid, _>(account)
        .execute(connection)
        .await?;
    Ok(())
}

/// Accounts that were erased at that time or later.
pub(super) async fn erased_since(connection: &mut AsyncPgConnection, since: Timestamp) -> QueryResult<Vec<AccountId>> {
    #[derive(QueryableByName)]
    struct Erased {
        #[diesel(sql_type = Uuid)]
        id: AccountId,
    }
    let rows: Vec<Erased> = diesel::sql_query("select id from accounts where status = 'erased' and secured_at >= $1")
        .bind::<Timestamptz, _>(since)
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Notes what is to be taken out of the accounts' orders, their own and those they claimed, and when; forgets under which
/// address these can be found and what was answered about them.
///
/// Each step has an index: whatever it touches of others would hold back everybody's outbox.
pub(super) async fn note_orders(
    connection: &mut AsyncPgConnection,
    accounts: &[AccountId],
    address_keep_s: i64,
    now: Timestamp,
) -> QueryResult<()> {
    let accounts: Vec<uuid::Uuid> = accounts.iter().map(|account| account.uuid()).collect();
    // A principal bears the number of its account.
    diesel::sql_query(
        "with gone as (select id, store_id from accounts where id = any($1)),
         theirs as (
             select o.id, o.store_id, o.placed_at
             from gone join orders o on o.principal_id = gone.id and o.store_id = gone.store_id
             union
             select o.id, o.store_id, o.placed_at
             from gone join order_claims c on c.account_id = gone.id join orders o on o.id = c.order_id),
         noted as (
             insert into order_erasures (order_id, store_id, contact_due_at, address_due_at)
             select id, store_id, $3, placed_at + make_interval(secs => $2) from theirs
             -- Two servers that note the same do not wait for each other in turns.
             order by id
             on conflict do nothing)
         delete from order_contacts where order_id = any(array(select id from theirs))",
    )
    .bind::<Array<Uuid>, _>(&accounts)
    .bind::<BigInt, _>(address_keep_s)
    .bind::<Timestamptz, _>(now)
    .execute(connection)
    .await?;
    diesel::sql_query(
        "delete from idempotency_keys using accounts gone
         where gone.id = any($1) and idempotency_keys.store_id = gone.store_id and idempotency_keys.principal_id = gone.id",
    )
    .bind::<Array<Uuid>, _>(&accounts)
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(QueryableByName)]
pub(super) struct Due {
    #[diesel(sql_type = Uuid)]
    pub(super) order: OrderId,
    /// Not only how to reach the buyer.
    #[diesel(sql_type = Bool)]
    pub(super) address: bool,
}

/// Orders that have ended and of which something is to be taken out.
pub(super) async fn due(connection: &mut AsyncPgConnection, now: Timestamp, limit: i64) -> QueryResult<Vec<Due>> {
    diesel::sql_query(
        "select e.order_id as order, e.address_due_at <= $1 as address
         from order_erasures e join orders on orders.id = e.order_id
         where least(e.contact_due_at, e.address_due_at) <= $1
           and orders.status in ('expired', 'delivered', 'cancelled', 'returned')
         order by least(e.contact_due_at, e.address_due_at), e.order_id limit $2",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .load(connection)
    .await
}

#[derive(QueryableByName)]
struct Done {
    #[diesel(sql_type = Bool)]
    done: bool,
}

/// A statement of its own, in no transaction: it holds no other row.
pub(super) async fn erase(connection: &mut AsyncPgConnection, due: &Due) -> QueryResult<bool> {
    let row: Done = diesel::sql_query("select erase_order_person($1, $2) as done")
        .bind::<Uuid, _>(due.order)
        .bind::<Bool, _>(due.address)
        .get_result(connection)
        .await?;
    Ok(row.done)
}

pub(super) async fn erased(connection: &mut AsyncPgConnection, due: &Due) -> QueryResult<()> {
    // Whoever noted it had read the order before.
    diesel::sql_query("delete from order_contacts where order_id = $1")
        .bind::<Uuid, _>(due.order)
        .execute(connection)
        .await?;
    let done = if due.address {
        "delete from order_erasures where order_id = $1"
    } else {
        "update order_erasures set contact_due_at = null where order_id = $1"
    };
    diesel::sql_query(done).bind::<Uuid, _>(due.order).execute(connection).await?;
    Ok(())
}
