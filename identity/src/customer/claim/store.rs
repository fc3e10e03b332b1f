//! SQL of the tables `order_contacts` and `order_claims`, and what they are made of.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, OrderId, StoreId};
use sha2::{Digest as _, Sha256};

use crate::reach::Email;
use crate::schema::{order_claims, order_contacts};

/// Of an address in a store: the notes do not tell whose they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of(store: StoreId, email: &Email) -> Self {
        Self(Sha256::new().chain_update(store.uuid().as_bytes()).chain_update(email.key()).finalize().into())
    }
}

/// An order, and where its buyer wanted to be written to.
#[derive(QueryableByName)]
pub(super) struct Contact {
    #[diesel(sql_type = Uuid)]
    pub(super) order: OrderId,
    #[diesel(sql_type = Uuid)]
    pub(super) store: StoreId,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
    /// Nobody with an account placed it.
    #[diesel(sql_type = Bool)]
    pub(super) is_a_guests: bool,
}

impl Contact {
    /// Without one that an account could have, it is nobody's.
    pub(super) fn digest(&self) -> Option<Digest> {
        let email = Email::parse(self.email.as_deref()?).ok()?;
        Some(Digest::of(self.store, &email))
    }
}

const CONTACT: &str = "select id as order, store_id as store, detail->'contact'->>'email' as email,
    not exists (select from accounts where accounts.id = orders.principal_id) as is_a_guests from orders";

pub(super) async fn contacts_of(connection: &mut AsyncPgConnection, orders: &[OrderId]) -> QueryResult<Vec<Contact>> {
    let ids: Vec<uuid::Uuid> = orders.iter().map(|order| order.uuid()).collect();
    diesel::sql_query(format!("{CONTACT} where id = any($1)")).bind::<Array<Uuid>, _>(ids).load(connection).await
}

/// A stretch of all orders, in the order of their ids, after another.
pub(super) async fn contacts_after(
    connection: &mut AsyncPgConnection,
    after: Option<OrderId>,
    limit: i64,
) -> QueryResult<Vec<Contact>> {
    diesel::sql_query(format!("{CONTACT} where id > $1 order by id limit $2"))
        .bind::<Uuid, _>(after.map_or(uuid::Uuid::nil(), OrderId::uuid))
        .bind::<BigInt, _>(limit)
        .load(connection)
        .await
}

/// Of all orders but those whose buyer is to be forgotten.
pub(super) async fn note(connection: &mut AsyncPgConnection, contacts: &[Contact]) -> QueryResult<()> {
    let (mut orders, mut stores, mut digests) = (Vec::new(), Vec::new(), Vec::new());
    for contact in contacts {
        let Some(digest) = contact.digest() else { continue };
        orders.push(contact.order.uuid());
        stores.push(contact.store.uuid());
        digests.push(digest.0.to_vec());
    }
    if orders.is_empty() {
        return Ok(());
    }
    diesel::sql_query(
        "insert into order_contacts (order_id, store_id, email_digest)
         select * from unnest($1, $2, $3) as told (order_id, store_id, email_digest)
         where not exists (select from order_erasures e where e.order_id = told.order_id)
         on conflict do nothing",
    )
    .bind::<Array<Uuid>, _>(orders)
    .bind::<Array<Uuid>, _>(stores)
    .bind::<Array<Bytea>, _>(digests)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn noted(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    digest: Digest,
) -> QueryResult<Vec<OrderId>> {
    order_contacts::table
        .filter(order_contacts::store_id.eq(store))
        .filter(order_contacts::email_digest.eq(digest.0.to_vec()))
        .select(order_contacts::order_id)
        .load(connection)
        .await
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Nullable<Text>)]
    payload: Option<String>,
}

/// What the outbox says of orders after how far `consumer` is; also what nobody may hear yet, because an older transaction
/// still runs. `None`: the consumer has not said how far it is. One statement: one moment.
pub(super) async fn news_since(
    connection: &mut AsyncPgConnection,
    consumer: &str,
    store: StoreId,
) -> QueryResult<Option<Vec<String>>> {
    let rows: Vec<Told> = diesel::sql_query(
        "select told.payload::text as payload
         from outbox_cursors at
         left join outbox told on (told.xid, told.id) > (at.xid, at.id) and told.topic = 'order' and told.store_id = $2
         where at.consumer = $1",
    )
    .bind::<Text, _>(consumer)
    .bind::<Uuid, _>(store)
    .load(connection)
    .await?;
    // The consumer's row is there even where nothing came after it.
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(rows.into_iter().filter_map(|row| row.payload).collect()))
}

/// Says which of them are this account's from now on.
pub(super) async fn claim(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    orders: &[OrderId],
    now: Timestamp,
) -> QueryResult<Vec<OrderId>> {
    let row = |order: &OrderId| {
        (
            order_claims::order_id.eq(*order),
            order_claims::store_id.eq(store),
            order_claims::account_id.eq(account),
            order_claims::claimed_at.eq(now),
        )
    };
    diesel::insert_into(order_claims::table)
        .values(orders.iter().map(row).collect::<Vec<_>>())
        .on_conflict_do_nothing()
        .returning(order_claims::order_id)
        .load(connection)
        .await
}

/// The newest first, older than `before`.
pub(super) async fn claimed(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    before: Option<OrderId>,
    limit: i64,
) -> QueryResult<Vec<OrderId>> {
    let mut query = order_claims::table
        .filter(order_claims::account_id.eq(account))
        .filter(order_claims::store_id.eq(store))
        .order(order_claims::order_id.desc())
        .limit(limit)
        .select(order_claims::order_id)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(order_claims::order_id.lt(before));
    }
    query.load(connection).await
}

pub(super) async fn has_claimed(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    order: OrderId,
) -> QueryResult<bool> {
    let claim = order_claims::table
        .find(order)
        .filter(order_claims::account_id.eq(account))
        .filter(order_claims::store_id.eq(store));
    diesel::select(diesel::dsl::exists(claim)).get_result(connection).await
}

#[derive(QueryableByName)]
struct Confirmed {
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
}

/// The address that is known to be the account's.
pub(in crate::customer) async fn confirmed_email(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Option<Email>> {
    let row: Option<Confirmed> = diesel::sql_query(
        "select case when email_verified_at is not null then email end as email from accounts
         where id = $1 and store_id = $2 and status = 'active'",
    )
    .bind::<Uuid, _>(account)
    .bind::<Uuid, _>(store)
    .get_result(connection)
    .await
    .optional()?;
    Ok(row.and_then(|row| Email::parse(&row.email?).ok()))
}
