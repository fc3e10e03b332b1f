//! All reading of orders. Writing is the journal's alone.

use std::collections::HashSet;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::Stream;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::{OrderId, PrincipalId, SellerId, StoreId, VariantId};
use crate::postgres::schema::{order_events, order_lines, orders, products, stock_holds, variants};

use super::number::OrderNo;
use super::state::Status;
use super::stored::{HeadRow, HoldRow, LineRow, OrderRow};
use super::view::{DueOrder, OrderEvent, OrderSnapshot};

/// What the admin's list is narrowed to. All of them together.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub status: Option<Status>,
    /// Orders with a line of it.
    pub sku: Option<String>,
    /// Placed then or later.
    pub since: Option<Timestamp>,
    pub idempotency_key: Option<String>,
}

pub async fn by_id(connection: &mut AsyncPgConnection, id: OrderId) -> QueryResult<Option<OrderSnapshot>> {
    let row = orders::table.find(id).select(OrderRow::as_select()).first(connection).await.optional()?;
    with_lines_of_one(connection, row).await
}

pub async fn by_number(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    number: OrderNo,
) -> QueryResult<Option<OrderSnapshot>> {
    let row = orders::table
        .filter(orders::order_no.eq(number))
        .filter(orders::store_id.eq(store))
        .select(OrderRow::as_select())
        .first(connection)
        .await
        .optional()?;
    with_lines_of_one(connection, row).await
}

/// The order that this request became, if it did.
pub async fn by_key(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    principal: PrincipalId,
    idempotency_key: &str,
) -> QueryResult<Option<OrderSnapshot>> {
    let row = orders::table
        .filter(orders::store_id.eq(store))
        .filter(orders::principal_id.eq(principal))
        .filter(orders::idempotency_key.eq(idempotency_key))
        .select(OrderRow::as_select())
        .first(connection)
        .await
        .optional()?;
    with_lines_of_one(connection, row).await
}

/// The keys of the orders from `first` on, as they come.
pub async fn keys_since(
    connection: &mut AsyncPgConnection,
    first: OrderId,
) -> QueryResult<impl Stream<Item = QueryResult<(StoreId, PrincipalId, String)>> + '_> {
    orders::table
        .filter(orders::id.ge(first))
        .select((orders::store_id, orders::principal_id, orders::idempotency_key))
        .load_stream(connection)
        .await
}

/// What time it is in the database.
pub async fn time(connection: &mut AsyncPgConnection) -> QueryResult<Timestamp> {
    let clock = diesel::dsl::sql::<diesel::sql_types::Timestamptz>("clock_timestamp()");
    diesel::select(clock).get_result(connection).await
}

/// A buyer's own orders, the newest first, older than `before`.
pub async fn of_principal(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    principal: PrincipalId,
    before: Option<OrderId>,
    limit: i64,
) -> QueryResult<Vec<OrderSnapshot>> {
    let mut query = orders::table
        .filter(orders::store_id.eq(store))
        .filter(orders::principal_id.eq(principal))
        .select(OrderRow::as_select())
        .order(orders::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(orders::id.lt(before));
    }
    let rows = query.load(connection).await?;
    with_lines(connection, rows).await
}

/// Those of the orders that are this shop's, in no order.
pub async fn by_ids(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    ids: &[OrderId],
) -> QueryResult<Vec<OrderSnapshot>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = orders::table
        .filter(orders::id.eq_any(ids))
        .filter(orders::store_id.eq(store))
        .select(OrderRow::as_select())
        .load(connection)
        .await?;
    with_lines(connection, rows).await
}

/// A shop's orders, the newest first, older than `before`.
pub async fn list(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    filter: &Filter,
    before: Option<OrderId>,
    limit: i64,
) -> QueryResult<Vec<OrderSnapshot>> {
    let query = orders::table.select(OrderRow::as_select()).order(orders::id.desc()).limit(limit);
    let mut query = query.into_boxed().filter(orders::store_id.eq(store));
    if let Some(before) = before {
        query = query.filter(orders::id.lt(before));
    }
    if let Some(status) = filter.status {
        query = query.filter(orders::status.eq(status.as_str()));
    }
    if let Some(since) = filter.since {
        query = query.filter(orders::placed_at.ge(since));
    }
    if let Some(key) = &filter.idempotency_key {
        query = query.filter(orders::idempotency_key.eq(key));
    }
    if let Some(sku) = &filter.sku {
        let with_sku = order_lines::table.filter(order_lines::order_id.eq(orders::id)).filter(order_lines::sku.eq(sku));
        query = query.filter(exists(with_sku));
    }
    let rows = query.load(connection).await?;
    with_lines(connection, rows).await
}

/// The orders in which something of a seller's is, the newest first, older than `before`: with those lines alone.
pub async fn of_seller(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    seller: SellerId,
    before: Option<OrderId>,
    limit: i64,
) -> QueryResult<Vec<OrderSnapshot>> {
    let sold = sold_by(connection, seller, before, limit).await?;
    let query = orders::table.filter(orders::id.eq_any(sold)).filter(orders::store_id.eq(store));
    let query = query.select(OrderRow::as_select()).order(orders::id.desc());
    let rows = query.load(connection).await?;
    let mut orders = with_lines(connection, rows).await?;
    let sold: Vec<VariantId> = orders.iter().flat_map(|order| &order.lines).map(|line| line.variant_id).collect();
    let own: Vec<VariantId> = variants::table
        .inner_join(products::table)
        .filter(products::seller_id.eq(seller))
        .filter(variants::id.eq_any(sold))
        .select(variants::id)
        .load(connection)
        .await?;
    let own: HashSet<VariantId> = own.into_iter().collect();
    for order in &mut orders {
        order.lines.retain(|line| own.contains(&line.variant_id));
    }
    Ok(orders)
}

/// A read model over the seller's goods and the stock's holds: whose a variant is never changes, and whatever was ordered was
/// held at its account, which the hold's row says for ever. Its key finds the newest orders of an account, and no order of
/// anybody else is looked at, however little the seller sold.
///
/// An account whose newest order is older than `limit` other ones of the seller's has nothing that is shown.
const SOLD: &str = "
    with accounts as materialized (
        select level.variant_id, level.location_id, dense_rank() over (order by newest.order_id desc) as place
        from products
        join variants on variants.product_id = products.id
        join stock_levels level on level.variant_id = variants.id
        cross join lateral (
            select hold.order_id from stock_holds hold
            where hold.variant_id = level.variant_id and hold.location_id = level.location_id and hold.order_id < $2
            order by hold.order_id desc limit 1) newest
        where products.seller_id = $1)
    select distinct sold.order_id
    from accounts
    cross join lateral (
        select distinct hold.order_id from stock_holds hold
        where hold.variant_id = accounts.variant_id and hold.location_id = accounts.location_id and hold.order_id < $2
        order by hold.order_id desc limit $3) sold
    where accounts.place <= $3
    order by sold.order_id desc limit $3";

#[derive(QueryableByName)]
struct SoldRow {
    #[diesel(sql_type = SqlUuid)]
    order_id: OrderId,
}

async fn sold_by(
    connection: &mut AsyncPgConnection,
    seller: SellerId,
    before: Option<OrderId>,
    limit: i64,
) -> QueryResult<Vec<OrderId>> {
    let rows: Vec<SoldRow> = diesel::sql_query(SOLD)
        .bind::<SqlUuid, _>(seller)
        .bind::<SqlUuid, _>(before.map_or(Uuid::max(), OrderId::uuid))
        .bind::<BigInt, _>(limit)
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.order_id).collect())
}

/// How many orders the filter leaves.
pub async fn count(connection: &mut AsyncPgConnection, store: StoreId, filter: &Filter) -> QueryResult<i64> {
    let mut query = orders::table.count().into_boxed().filter(orders::store_id.eq(store));
    if let Some(status) = filter.status {
        query = query.filter(orders::status.eq(status.as_str()));
    }
    if let Some(since) = filter.since {
        query = query.filter(orders::placed_at.ge(since));
    }
    if let Some(key) = &filter.idempotency_key {
        query = query.filter(orders::idempotency_key.eq(key));
    }
    if let Some(sku) = &filter.sku {
        let with_sku = order_lines::table.filter(order_lines::order_id.eq(orders::id)).filter(order_lines::sku.eq(sku));
        query = query.filter(exists(with_sku));
    }
    query.get_result(connection).await
}

/// What happened to an order, the first thing first.
pub async fn events(connection: &mut AsyncPgConnection, id: OrderId) -> QueryResult<Vec<OrderEvent>> {
    let rows: Vec<(i64, String, String, Option<serde_json::Value>, Timestamp)> = order_events::table
        .filter(order_events::order_id.eq(id))
        .order(order_events::version)
        .select((order_events::version, order_events::kind, order_events::actor, order_events::data, order_events::at))
        .load(connection)
        .await?;
    let event = |(version, kind, actor, data, at)| OrderEvent { version, kind, actor, data, at };
    Ok(rows.into_iter().map(event).collect())
}

/// Orders that wait for payment since before `now`, the longest overdue first, each with what it still holds.
///
/// A read model across two domains: the holds are the inventory's. They are found through the order's lines, because
/// holds are kept by account.
pub async fn due(
    connection: &mut AsyncPgConnection,
    after: Timestamp,
    until: Timestamp,
    but_not: &[OrderId],
    limit: i64,
) -> QueryResult<Vec<DueOrder>> {
    let overdue = diesel::alias!(orders as overdue);
    let ids = overdue
        .filter(overdue.field(orders::expires_at).gt(after))
        .filter(overdue.field(orders::expires_at).le(until))
        .filter(overdue.field(orders::id).ne_all(but_not))
        .order((overdue.field(orders::expires_at), overdue.field(orders::id)))
        .limit(limit)
        .select(overdue.field(orders::id));
    let query = orders::table.filter(orders::id.eq_any(ids)).into_boxed();
    with_holds(connection, query).await
}

/// An order with what it still holds, to decide about it.
pub async fn held_by(connection: &mut AsyncPgConnection, id: OrderId) -> QueryResult<Option<DueOrder>> {
    let query = orders::table.filter(orders::id.eq(id)).into_boxed();
    Ok(with_holds(connection, query).await?.pop())
}

type BoxedOrders<'a> = orders::BoxedQuery<'a, diesel::pg::Pg>;

async fn with_holds(connection: &mut AsyncPgConnection, query: BoxedOrders<'_>) -> QueryResult<Vec<DueOrder>> {
    let same_account = stock_holds::order_id
        .eq(order_lines::order_id)
        .and(stock_holds::variant_id.eq(order_lines::variant_id))
        .and(stock_holds::location_id.eq(order_lines::location_id))
        .and(stock_holds::state.eq("held"));
    let rows: Vec<(HeadRow, Option<HoldRow>)> = query
        .left_join(order_lines::table.on(order_lines::order_id.eq(orders::id)))
        .left_join(stock_holds::table.on(same_account))
        .order((orders::expires_at, orders::id, order_lines::line_no))
        .select((HeadRow::as_select(), Option::<HoldRow>::as_select()))
        .load(connection)
        .await?;
    let mut due: Vec<DueOrder> = Vec::new();
    for (head, hold) in rows {
        if due.last().is_none_or(|last| last.order.id != head.id) {
            due.push(DueOrder { order: head.read()?, holds: Vec::new() });
        }
        let holds = &mut due.last_mut().expect("one was pushed").holds;
        // Two lines of one variant share one hold.
        if let Some(hold) = hold.map(HoldRow::read).transpose()?
            && !holds.contains(&hold)
        {
            holds.push(hold);
        }
    }
    Ok(due)
}

async fn with_lines_of_one(
    connection: &mut AsyncPgConnection,
    row: Option<OrderRow>,
) -> QueryResult<Option<OrderSnapshot>> {
    Ok(with_lines(connection, row.into_iter().collect()).await?.pop())
}

async fn with_lines(connection: &mut AsyncPgConnection, rows: Vec<OrderRow>) -> QueryResult<Vec<OrderSnapshot>> {
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    let mut lines = if ids.is_empty() {
        Vec::new()
    } else {
        order_lines::table
            .filter(order_lines::order_id.eq_any(&ids))
            .order((order_lines::order_id.desc(), order_lines::line_no))
            .select(LineRow::as_select())
            .load(connection)
            .await?
    };
    rows.into_iter()
        .map(|row| {
            let own = lines.extract_if(.., |line| line.order_id == row.id).map(LineRow::read);
            let own = own.collect::<QueryResult<_>>()?;
            row.read(own)
        })
        .collect()
}
