//! All of this domain's SQL that reads. What is written is written by the journal, and only there.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::id::{LocationId, OrderId, PrincipalId, StoreId, VariantId};
use crate::postgres::schema::{locations, purchase_limit_usage, stock_holds, stock_ledger, stock_levels, variants};

use super::account::{AccountId, Level};
use super::change::{Hold, HoldKey, UsageKey};
use super::ledger::Durable;

/// What an actor must know before it can answer: levels, live holds, and who bought how many. As they were in one moment:
/// a server that no longer owns the cell, and does not know it yet, reads while another one writes.
pub(super) async fn load(connection: &mut AsyncPgConnection, variant: VariantId) -> QueryResult<Durable> {
    let mut snapshot = connection.build_transaction().read_only().repeatable_read();
    snapshot.run(async |connection| read(connection, variant).await).await
}

async fn read(connection: &mut AsyncPgConnection, variant: VariantId) -> QueryResult<Durable> {
    let store: StoreId = variants::table.find(variant).select(variants::store_id).first(connection).await?;
    let levels = levels_of(connection, &[variant]).await?;
    let levels = levels.into_iter().map(|(_, row)| (row.location, row.level)).collect();
    type LiveHold = (LocationId, OrderId, i32, i64, PrincipalId, Option<i64>, Option<DateTime<Utc>>);
    let holds: Vec<LiveHold> = stock_holds::table
        .filter(stock_holds::variant_id.eq(variant).and(stock_holds::state.eq("held")))
        .select((
            stock_holds::location_id,
            stock_holds::order_id,
            stock_holds::attempt,
            stock_holds::quantity,
            stock_holds::principal_id,
            stock_holds::limit_window,
            stock_holds::expires_at,
        ))
        .load(connection)
        .await?;
    let holds = holds
        .into_iter()
        .map(|(location, order, attempt, quantity, principal, limit_window, expires_at)| Hold {
            key: HoldKey { account: AccountId { variant, location }, order, attempt },
            quantity,
            principal,
            limit_window,
            expires_at,
        })
        .collect();
    let usage: Vec<(PrincipalId, i64, i64)> = purchase_limit_usage::table
        .filter(purchase_limit_usage::variant_id.eq(variant).and(purchase_limit_usage::used.gt(0)))
        .select((purchase_limit_usage::principal_id, purchase_limit_usage::window_start, purchase_limit_usage::used))
        .load(connection)
        .await?;
    let usage =
        usage.into_iter().map(|(principal, window_start, used)| (UsageKey { principal, window_start }, used)).collect();
    Ok(Durable { store, levels, holds, usage })
}

/// A level and where it is.
#[derive(Debug, Clone)]
pub struct LevelRow {
    pub location: LocationId,
    pub location_code: String,
    pub level: Level,
}

/// `on_hand`, `reserved`, `safety`, `seq`, `count_version`.
type LevelColumns = (i64, i64, i64, i64, i64);

/// The levels of many variants, in no order.
pub(super) async fn levels_of(
    connection: &mut AsyncPgConnection,
    variants: &[VariantId],
) -> QueryResult<Vec<(VariantId, LevelRow)>> {
    let rows: Vec<(VariantId, LocationId, String, LevelColumns)> = stock_levels::table
        .inner_join(locations::table.on(locations::id.eq(stock_levels::location_id)))
        .filter(stock_levels::variant_id.eq_any(variants))
        .select((
            stock_levels::variant_id,
            stock_levels::location_id,
            locations::code,
            (
                stock_levels::on_hand,
                stock_levels::reserved,
                stock_levels::safety,
                stock_levels::seq,
                stock_levels::count_version,
            ),
        ))
        .load(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(variant, location, location_code, (on_hand, reserved, safety, seq, count_version))| {
            let level = Level { on_hand, reserved, safety, seq, count_version };
            (variant, LevelRow { location, location_code, level })
        })
        .collect())
}

/// One line of the ledger.
#[derive(Debug, Clone, Queryable)]
pub struct LedgerRow {
    pub location: LocationId,
    pub seq: i64,
    pub batch: i64,
    pub kind: String,
    pub on_hand_delta: i64,
    pub reserved_delta: i64,
    pub order: Option<OrderId>,
    pub reason: Option<String>,
    pub reference: Option<String>,
    pub at: DateTime<Utc>,
}

/// The ledger of a variant, oldest first, after (location, seq).
pub async fn ledger(
    connection: &mut AsyncPgConnection,
    variant: VariantId,
    after: Option<(LocationId, i64)>,
    limit: i64,
) -> QueryResult<Vec<LedgerRow>> {
    let (location, seq) = after.unwrap_or((LocationId::from_uuid(Uuid::nil()), 0));
    stock_ledger::table
        .filter(stock_ledger::variant_id.eq(variant))
        .filter(
            stock_ledger::location_id
                .gt(location)
                .or(stock_ledger::location_id.eq(location).and(stock_ledger::seq.gt(seq))),
        )
        .order((stock_ledger::location_id, stock_ledger::seq))
        .limit(limit)
        .select((
            stock_ledger::location_id,
            stock_ledger::seq,
            stock_ledger::batch,
            stock_ledger::kind,
            stock_ledger::on_hand_delta,
            stock_ledger::reserved_delta,
            stock_ledger::order_id,
            stock_ledger::reason,
            stock_ledger::reference,
            stock_ledger::at,
        ))
        .load(connection)
        .await
}

/// One promise, live or ended.
#[derive(Debug, Clone, Queryable)]
pub struct HoldRow {
    pub location: LocationId,
    pub order: OrderId,
    pub attempt: i32,
    pub quantity: i64,
    pub returned: i64,
    pub state: String,
    pub principal: PrincipalId,
    pub limit_window: Option<i64>,
    pub expires_at: Option<DateTime<Utc>>,
}

type HoldColumns = (
    stock_holds::location_id,
    stock_holds::order_id,
    stock_holds::attempt,
    stock_holds::quantity,
    stock_holds::returned,
    stock_holds::state,
    stock_holds::principal_id,
    stock_holds::limit_window,
    stock_holds::expires_at,
);

const HOLD: HoldColumns = (
    stock_holds::location_id,
    stock_holds::order_id,
    stock_holds::attempt,
    stock_holds::quantity,
    stock_holds::returned,
    stock_holds::state,
    stock_holds::principal_id,
    stock_holds::limit_window,
    stock_holds::expires_at,
);

/// The holds of a variant after (location, order, attempt).
pub async fn holds(
    connection: &mut AsyncPgConnection,
    variant: VariantId,
    state: Option<&str>,
    after: Option<(LocationId, OrderId, i32)>,
    limit: i64,
) -> QueryResult<Vec<HoldRow>> {
    let nil = Uuid::nil();
    let (location, order, attempt) = after.unwrap_or((LocationId::from_uuid(nil), OrderId::from_uuid(nil), 0));
    let mut query = stock_holds::table
        .filter(stock_holds::variant_id.eq(variant))
        .filter(stock_holds::location_id.gt(location).or(stock_holds::location_id.eq(location).and(
            stock_holds::order_id.gt(order).or(stock_holds::order_id.eq(order).and(stock_holds::attempt.gt(attempt))),
        )))
        .order((stock_holds::location_id, stock_holds::order_id, stock_holds::attempt))
        .limit(limit)
        .select(HOLD)
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(stock_holds::state.eq(state.to_owned()));
    }
    query.load(connection).await
}

/// The same, with the levels as they were in that very moment: what is held can be compared with what is reserved.
pub async fn holds_and_levels(
    connection: &mut AsyncPgConnection,
    variant: VariantId,
    state: Option<&str>,
    after: Option<(LocationId, OrderId, i32)>,
    limit: i64,
) -> QueryResult<(Vec<LevelRow>, Vec<HoldRow>)> {
    let mut snapshot = connection.build_transaction().read_only().repeatable_read();
    let state = state.map(str::to_owned);
    snapshot
        .run(async |connection| {
            let levels = levels_of(connection, &[variant]).await?.into_iter().map(|(_, level)| level).collect();
            let holds = holds(connection, variant, state.as_deref(), after, limit).await?;
            Ok((levels, holds))
        })
        .await
}

/// The holds of one order, given the variants on its lines: the key begins with the variant, so this needs no index more.
pub async fn holds_of_order(
    connection: &mut AsyncPgConnection,
    order: OrderId,
    variants: &[VariantId],
) -> QueryResult<Vec<(VariantId, HoldRow)>> {
    stock_holds::table
        .filter(stock_holds::variant_id.eq_any(variants).and(stock_holds::order_id.eq(order)))
        .order((stock_holds::variant_id, stock_holds::location_id, stock_holds::attempt))
        .select((stock_holds::variant_id, HOLD))
        .load(connection)
        .await
}

/// Where a store sells from.
pub async fn default_location(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<Option<LocationId>> {
    let default = locations::table.filter(locations::store_id.eq(store).and(locations::is_default));
    default.select(locations::id).first(connection).await.optional()
}

/// The location that is called so and in use.
pub async fn location_by_code(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    code: &str,
) -> QueryResult<Option<LocationId>> {
    locations::table
        .filter(locations::store_id.eq(store).and(locations::code.eq(code)).and(locations::archived_at.is_null()))
        .select(locations::id)
        .first(connection)
        .await
        .optional()
}
