//! SQL of one-time codes.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Integer, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{ChallengeId, StoreId};

use super::rule::{Standing, TRIES};
use super::throttle::{MATTER, SentBefore};
use crate::schema::one_time_codes;

#[derive(Insertable)]
#[diesel(table_name = one_time_codes)]
pub(super) struct SentRow<'a> {
    pub(super) id: ChallengeId,
    pub(super) store_id: StoreId,
    pub(super) channel: &'static str,
    pub(super) recipient: &'a str,
    pub(super) recipient_key: &'a str,
    pub(super) digest: Vec<u8>,
    pub(super) sent_at: Timestamp,
    pub(super) expires_at: Timestamp,
    #[diesel(column_name = network)]
    pub(super) asker: &'a [u8],
}

/// What a try that was counted is compared with.
#[derive(QueryableByName)]
pub(super) struct TriedRow {
    #[diesel(sql_type = Bytea)]
    pub(super) digest: Vec<u8>,
    #[diesel(sql_type = Text)]
    pub(super) channel: String,
    #[diesel(sql_type = Text)]
    pub(super) recipient: String,
    #[diesel(sql_type = Integer)]
    pub(super) tries: i32,
}

/// Until the end of the transaction nobody else sends to this recipient.
pub(super) async fn take_turn_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    channel: &str,
    recipient_key: &str,
) -> QueryResult<()> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1 || $2, hashtext($3::text)))")
        .bind::<Text, _>(channel)
        .bind::<Text, _>(recipient_key)
        .bind::<Uuid, _>(store)
        .execute(connection)
        .await?;
    Ok(())
}

/// The last ones that were sent after `since`, newest first; as many as matter.
pub(super) async fn sent_after(
    connection: &mut AsyncPgConnection,
    row: &SentRow<'_>,
    since: Timestamp,
) -> QueryResult<Vec<SentBefore>> {
    use one_time_codes as codes;
    let sent: Vec<(Timestamp, Option<Vec<u8>>)> = codes::table
        .filter(codes::store_id.eq(row.store_id).and(codes::channel.eq(row.channel)))
        .filter(codes::recipient_key.eq(row.recipient_key).and(codes::sent_at.gt(since)))
        .order(codes::sent_at.desc())
        .limit(i64::try_from(MATTER).unwrap_or(i64::MAX))
        .select((codes::sent_at, codes::network))
        .load(connection)
        .await?;
    let before = |(at, asker): (Timestamp, Option<Vec<u8>>)| SentBefore {
        at,
        by_the_same: asker.as_deref().is_none_or(|asker| asker == row.asker),
    };
    Ok(sent.into_iter().map(before).collect())
}

pub(super) async fn insert(connection: &mut AsyncPgConnection, row: &SentRow<'_>) -> QueryResult<()> {
    diesel::insert_into(one_time_codes::table).values(row).execute(connection).await?;
    Ok(())
}

/// Removes what was sent before `before`, at most `limit` of it; says how much.
pub(super) async fn sweep(connection: &mut AsyncPgConnection, before: Timestamp, limit: usize) -> QueryResult<usize> {
    diesel::sql_query(
        "delete from one_time_codes where id in (
             select id from one_time_codes where sent_at < $1 order by sent_at limit $2 for update skip locked)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .execute(connection)
    .await
}

/// Counts a try, if there is one left: the only thing that lets a code be compared. `None`: it is closed, or not there.
pub(super) async fn count_try(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ChallengeId,
    now: Timestamp,
) -> QueryResult<Option<TriedRow>> {
    diesel::sql_query(
        "update one_time_codes set tries = tries + 1
         where id = $1 and store_id = $2 and used_at is null and expires_at > $3 and tries < $4
         returning digest, channel, recipient, tries",
    )
    .bind::<Uuid, _>(id)
    .bind::<Uuid, _>(store)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(TRIES)
    .get_result(connection)
    .await
    .optional()
}

/// Uses the code up. False: somebody else did, a moment ago.
pub(super) async fn use_in_op(
    connection: &mut AsyncPgConnection,
    id: ChallengeId,
    now: Timestamp,
) -> QueryResult<bool> {
    let unused = one_time_codes::table.find(id).filter(one_time_codes::used_at.is_null());
    Ok(diesel::update(unused).set(one_time_codes::used_at.eq(now)).execute(connection).await? == 1)
}

pub(super) async fn standing(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ChallengeId,
) -> QueryResult<Option<Standing>> {
    use one_time_codes as codes;
    let row = codes::table.find(id).filter(codes::store_id.eq(store));
    let columns = (codes::expires_at, codes::tries, codes::used_at);
    let row: Option<(Timestamp, i32, Option<Timestamp>)> = row.select(columns).first(connection).await.optional()?;
    Ok(row.map(|(expires_at, tries, used_at)| Standing { expires_at, tries, used: used_at.is_some() }))
}
