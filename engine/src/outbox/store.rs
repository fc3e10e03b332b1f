//! SQL of the outbox. `xid8` travels as text: Diesel has no type for it.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Json, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::StoreId;
use crate::postgres::schema::outbox;

use super::Lag;
use super::event::Event;
use super::position::Position;

/// A delete of more would keep its transaction, and with it everybody's horizon, for long.
const PRUNED_AT_ONCE: i64 = 10_000;

#[derive(QueryableByName)]
struct PlaceRow {
    #[diesel(sql_type = Text)]
    xid: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
}

#[derive(QueryableByName)]
struct EventRow {
    #[diesel(sql_type = Text)]
    xid: String,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Uuid)]
    store_id: StoreId,
    #[diesel(sql_type = Text)]
    topic: String,
    #[diesel(sql_type = Json)]
    payload: Value,
    #[diesel(sql_type = Timestamptz)]
    at: Timestamp,
}

#[derive(QueryableByName)]
struct LagRow {
    #[diesel(sql_type = BigInt)]
    rows: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    oldest: Option<Timestamp>,
}

/// The last place below the oldest transaction that still runs. Later statements see all that is there.
pub(super) async fn horizon(connection: &mut AsyncPgConnection) -> QueryResult<Position> {
    let row: PlaceRow =
        diesel::sql_query("select pg_snapshot_xmin(pg_current_snapshot())::text as xid, 0::bigint as id")
            .get_result(connection)
            .await?;
    Ok(Position::before_transaction(xid(&row.xid)?))
}

pub(super) async fn events_between(
    connection: &mut AsyncPgConnection,
    topics: &[&str],
    after: Position,
    up_to: Position,
    limit: usize,
) -> QueryResult<Vec<Event>> {
    let rows: Vec<EventRow> = diesel::sql_query(
        "select xid::text as xid, id, store_id, topic, payload, at from outbox
         where (xid, id) > ($1::xid8, $2) and xid <= $3::xid8 and topic = any($4)
         order by outbox.xid, outbox.id limit $5",
    )
    .bind::<Text, _>(after.xid.to_string())
    .bind::<BigInt, _>(after.id)
    .bind::<Text, _>(up_to.xid.to_string())
    .bind::<Array<Text>, _>(topics)
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .load(connection)
    .await?;
    rows.into_iter().map(Event::try_from).collect()
}

pub(super) async fn lag(connection: &mut AsyncPgConnection, reached: Position, rows_max: i64) -> QueryResult<Lag> {
    let row: LagRow = diesel::sql_query(
        "select count(*) as rows, min(at) as oldest from (
             select at from outbox where (xid, id) > ($1::xid8, $2) order by outbox.xid, outbox.id limit $3) late",
    )
    .bind::<Text, _>(reached.xid.to_string())
    .bind::<BigInt, _>(reached.id)
    .bind::<BigInt, _>(rows_max)
    .get_result(connection)
    .await?;
    Ok(Lag { rows: row.rows, oldest: row.oldest })
}

pub(super) async fn cursor(connection: &mut AsyncPgConnection, consumer: &str) -> QueryResult<Option<Position>> {
    let row: Option<PlaceRow> =
        diesel::sql_query("select xid::text as xid, id from outbox_cursors where consumer = $1")
            .bind::<Text, _>(consumer)
            .get_result(connection)
            .await
            .optional()?;
    row.map(|row| Ok(Position { xid: xid(&row.xid)?, id: row.id })).transpose()
}

pub(super) async fn save_cursor(
    connection: &mut AsyncPgConnection,
    consumer: &str,
    position: Position,
) -> QueryResult<()> {
    diesel::sql_query(
        "insert into outbox_cursors (consumer, xid, id) values ($1, $2::xid8, $3)
         on conflict (consumer) do update set xid = excluded.xid, id = excluded.id, updated_at = now()",
    )
    .bind::<Text, _>(consumer)
    .bind::<Text, _>(position.xid.to_string())
    .bind::<BigInt, _>(position.id)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn forget_cursor(connection: &mut AsyncPgConnection, consumer: &str) -> QueryResult<()> {
    diesel::sql_query("delete from outbox_cursors where consumer = $1")
        .bind::<Text, _>(consumer)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn insert(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    topic: &str,
    payload: &Value,
) -> QueryResult<()> {
    let row = (outbox::store_id.eq(store), outbox::topic.eq(topic), outbox::payload.eq(payload));
    diesel::insert_into(outbox::table).values(row).execute(connection).await?;
    Ok(())
}

pub(super) async fn prune(connection: &mut AsyncPgConnection, before: Timestamp) -> QueryResult<usize> {
    // By the database's clock, which wrote when they were heard of.
    diesel::sql_query("delete from outbox_cursors where updated_at < now() - interval '3 days'")
        .execute(connection)
        .await?;
    let mut pruned = 0;
    loop {
        let rows = diesel::sql_query(
            "delete from outbox where id in (
                 select id from outbox
                 where at < $1 and (xid, id) <= all (select c.xid, c.id from outbox_cursors c)
                 order by outbox.xid, outbox.id limit $2)",
        )
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(PRUNED_AT_ONCE)
        .execute(connection)
        .await?;
        pruned += rows;
        if i64::try_from(rows).is_ok_and(|rows| rows < PRUNED_AT_ONCE) {
            return Ok(pruned);
        }
    }
}

impl TryFrom<EventRow> for Event {
    type Error = diesel::result::Error;

    fn try_from(row: EventRow) -> QueryResult<Self> {
        let position = Position { xid: xid(&row.xid)?, id: row.id };
        Ok(Self { position, store: row.store_id, topic: row.topic, payload: row.payload, at: row.at })
    }
}

fn xid(text: &str) -> QueryResult<u64> {
    text.parse().map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))
}
