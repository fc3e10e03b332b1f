//! SQL of the table `messages`.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, MessageId};

use crate::schema::messages;

use super::delivery::Reason;
use super::draft::Draft;
use super::recipient::Channel;

/// A message that is this courier's until its lease ends.
#[derive(QueryableByName)]
pub(super) struct Claimed {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub(super) id: MessageId,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = diesel::sql_types::Binary)]
    pub(super) content: Vec<u8>,
    /// With this one.
    #[diesel(sql_type = Integer)]
    pub(super) attempts: i32,
    #[diesel(sql_type = Timestamptz)]
    pub(super) useless_after: Timestamp,
    /// The name of the store that speaks.
    #[diesel(sql_type = Text)]
    pub(super) shop: String,
    /// Its slug.
    #[diesel(sql_type = Text)]
    pub(super) store: String,
}

/// A message as its reader is told of it later: what it said is gone by then.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Sent {
    pub channel: String,
    pub kind: String,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

pub(super) async fn insert(connection: &mut AsyncPgConnection, draft: &Draft) -> QueryResult<()> {
    let row = (
        messages::id.eq(draft.id),
        messages::store_id.eq(draft.store),
        messages::account_id.eq(draft.account),
        messages::channel.eq(draft.channel.name()),
        messages::kind.eq(draft.kind),
        messages::content.eq(Some(&draft.content)),
        messages::state.eq("waiting"),
        messages::attempts.eq(0),
        messages::created_at.eq(draft.at),
        messages::next_attempt_at.eq(Some(draft.at)),
        messages::useless_after.eq(draft.useless_after),
    );
    diesel::insert_into(messages::table).values(row).execute(connection).await?;
    Ok(())
}

/// Takes what is due, the longest due first, but before all else what somebody waits for: a flood of other letters would keep
/// a code until it opens nothing. (These kinds are those of `messages_urgent_due_idx`.) It is nobody else's until `lease` is over, and is due again then: whoever dies
/// with it has sent it or not. One short statement: a transaction that lasted as long as a mail server takes would keep
/// everybody's outbox back.
pub(super) async fn claim(
    connection: &mut AsyncPgConnection,
    channel: Channel,
    now: Timestamp,
    lease: TimeDelta,
    limit: i64,
) -> QueryResult<Vec<Claimed>> {
    diesel::sql_query(
        "with urgent as materialized (
             select id from messages
             where state = 'waiting' and kind in ('one_time_code', 'reset_password')
               and channel = $1 and next_attempt_at <= $2
             order by next_attempt_at limit $4 for update skip locked
         ), others as materialized (
             select id from messages
             where state = 'waiting' and kind not in ('one_time_code', 'reset_password')
               and channel = $1 and next_attempt_at <= $2
             order by next_attempt_at limit $4 - (select count(*) from urgent) for update skip locked
         ), due as (
             select id from urgent union all select id from others
         )
         update messages set attempts = messages.attempts + 1, next_attempt_at = $3
         from due, stores where messages.id = due.id and stores.id = messages.store_id
         returning messages.id, messages.kind, messages.content, messages.attempts, messages.useless_after,
                   stores.name as shop, stores.slug as store",
    )
    .bind::<Text, _>(channel.name())
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + lease)
    .bind::<BigInt, _>(limit)
    .load(connection)
    .await
}

/// It arrived: what it said is erased. Whether it was still the message of this attempt.
pub(super) async fn sent(connection: &mut AsyncPgConnection, message: &Claimed, now: Timestamp) -> QueryResult<bool> {
    let ended = (
        messages::state.eq("sent"),
        messages::sent_at.eq(Some(now)),
        messages::content.eq(None::<Vec<u8>>),
        messages::next_attempt_at.eq(None::<Timestamp>),
        messages::last_error.eq(None::<String>),
    );
    let of_this_attempt = messages::table
        .find(message.id)
        .filter(messages::attempts.eq(message.attempts))
        .filter(messages::state.eq("waiting"));
    Ok(diesel::update(of_this_attempt).set(ended).execute(connection).await? == 1)
}

/// It did not. `next`: when it is tried again; without, it is given up, and what it said is erased.
pub(super) async fn failed(
    connection: &mut AsyncPgConnection,
    message: &Claimed,
    reason: Reason,
    next: Option<Timestamp>,
) -> QueryResult<bool> {
    let of_this_attempt = messages::table
        .find(message.id)
        .filter(messages::attempts.eq(message.attempts))
        .filter(messages::state.eq("waiting"));
    let error = messages::last_error.eq(Some(reason.to_string()));
    let rows = match next {
        Some(next) => {
            let again = (messages::next_attempt_at.eq(Some(next)), error);
            diesel::update(of_this_attempt).set(again).execute(connection).await?
        }
        None => {
            let ended = (
                messages::state.eq("given_up"),
                messages::content.eq(None::<Vec<u8>>),
                messages::next_attempt_at.eq(None::<Timestamp>),
                error,
            );
            diesel::update(of_this_attempt).set(ended).execute(connection).await?
        }
    };
    Ok(rows == 1)
}

/// How many are on their way, and when the one that is due the longest was.
pub(super) async fn waiting(
    connection: &mut AsyncPgConnection,
    channel: Channel,
) -> QueryResult<(i64, Option<Timestamp>)> {
    messages::table
        .filter(messages::state.eq("waiting"))
        .filter(messages::channel.eq(channel.name()))
        .select((diesel::dsl::count_star(), diesel::dsl::min(messages::next_attempt_at)))
        .first(connection)
        .await
}

/// What was sent to an account, the newest first.
pub(crate) async fn of_account(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    limit: i64,
) -> QueryResult<Vec<Sent>> {
    messages::table
        .filter(messages::account_id.eq(account))
        .order((messages::created_at.desc(), messages::id.desc()))
        .limit(limit)
        .select((messages::channel, messages::kind, messages::created_at, messages::sent_at))
        .load(connection)
        .await
}

/// Removes what has ended and was written before `before`; at most `limit` of it.
pub(super) async fn prune(connection: &mut AsyncPgConnection, before: Timestamp, limit: usize) -> QueryResult<usize> {
    diesel::sql_query(
        "delete from messages where id in (
             select id from messages where created_at < $1 and state <> 'waiting' order by created_at limit $2)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .execute(connection)
    .await
}
