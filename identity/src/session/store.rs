//! SQL of sessions.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Bytea, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, SessionId, StoreId};
use engine::outbox;

use super::event::Changed;
use super::news::Known;
use super::{Device, EndReason, Family, Session};
use crate::TOPIC;
use crate::account::Account;
use crate::schema::sessions;

/// More than anybody looks through.
const LISTED: i64 = 100;
/// More than anybody has devices. Whoever signs in once more ends the one that was not seen for the longest time: the list of
/// them shows all there are, and a thief hides behind none.
pub(super) const LIVE_MAX: i64 = 50;
/// Of how many it is looked whether a device is known.
const LOOKED_AT: i64 = 50;

/// One that is to be.
pub(super) struct NewRow {
    pub(super) id: SessionId,
    pub(super) refresh_seed: Vec<u8>,
    pub(super) refresh_hash: Vec<u8>,
    pub(super) second_factor: bool,
    pub(super) device: Device,
    pub(super) begun_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: SessionId,
    store_id: StoreId,
    account_id: AccountId,
    second_factor: bool,
    device: Option<String>,
    address: Option<String>,
    begun_at: Timestamp,
    seen_at: Timestamp,
    expires_at: Timestamp,
}

/// What a refresh has to know.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct FamilyRow {
    pub(super) id: SessionId,
    pub(super) account_id: AccountId,
    refresh_number: i32,
    pub(super) refresh_seed: Vec<u8>,
    pub(super) refresh_hash: Vec<u8>,
    rotated_at: Option<Timestamp>,
    pub(super) second_factor: bool,
    pub(super) begun_at: Timestamp,
    pub(super) expires_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl FamilyRow {
    pub(super) fn family(&self) -> Family {
        Family {
            newest: self.refresh_number,
            rotated_at: self.rotated_at,
            expires_at: self.expires_at,
            is_ended: self.ended_at.is_some(),
        }
    }
}

/// Whether it begins: the account must be as it was when its owner was let in. One whose password is being changed is
/// waited for; an old password begins nothing after that. Others of the account's begin one after the other: each sees how
/// many there are.
pub(super) async fn insert(connection: &mut AsyncPgConnection, account: &Account, row: NewRow) -> QueryResult<bool> {
    let inserted = diesel::sql_query(
        "insert into sessions (id, store_id, account_id, refresh_number, refresh_seed, refresh_hash, second_factor,
                               device, address, begun_at, seen_at, expires_at)
         select $1, store_id, id, 0, $2, $3, $4, $5, $6, $7, $7, $8 from accounts
         where id = $9 and store_id = $10 and status = 'active' and secured_at = $11
         for no key update",
    )
    .bind::<Uuid, _>(row.id)
    .bind::<Bytea, _>(row.refresh_seed)
    .bind::<Bytea, _>(row.refresh_hash)
    .bind::<Bool, _>(row.second_factor)
    .bind::<Nullable<Text>, _>(row.device.name)
    .bind::<Nullable<Text>, _>(row.device.address.map(|address| address.to_string()))
    .bind::<Timestamptz, _>(row.begun_at)
    .bind::<Timestamptz, _>(row.expires_at)
    .bind::<Uuid, _>(account.id)
    .bind::<Uuid, _>(account.store)
    .bind::<Timestamptz, _>(account.secured_at)
    .execute(connection)
    .await?;
    Ok(inserted == 1)
}

/// Whoever else refreshes or ends it waits for the transaction to end.
pub(super) async fn family_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: SessionId,
) -> QueryResult<Option<FamilyRow>> {
    let row = sessions::table.find(id).filter(sessions::store_id.eq(store)).for_no_key_update();
    row.select(FamilyRow::as_select()).first(connection).await.optional()
}

pub(super) async fn family(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: SessionId,
) -> QueryResult<Option<FamilyRow>> {
    let row = sessions::table.find(id).filter(sessions::store_id.eq(store));
    row.select(FamilyRow::as_select()).first(connection).await.optional()
}

/// What is known of an account's sessions beside this one.
pub(super) async fn known(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    beside: SessionId,
) -> QueryResult<Known> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        any: bool,
        #[diesel(sql_type = Bool)]
        same_device: bool,
    }
    // A browser's version changes every few weeks.
    let row: Row = diesel::sql_query(
        "with before as (select device from sessions where account_id = $1 and id <> $2 order by begun_at desc limit $3)
         select exists (select from before) as any,
                exists (select from before s join sessions this on this.id = $2
                        where regexp_replace(coalesce(s.device, ''), '[0-9.]+', '', 'g')
                            = regexp_replace(coalesce(this.device, ''), '[0-9.]+', '', 'g')) as same_device",
    )
    .bind::<Uuid, _>(account)
    .bind::<Uuid, _>(beside)
    .bind::<BigInt, _>(LOOKED_AT)
    .get_result(connection)
    .await?;
    Ok(Known { any: row.any, same_device: row.same_device })
}

/// The next token is the newest now.
pub(super) async fn rotate(
    connection: &mut AsyncPgConnection,
    id: SessionId,
    hash: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> QueryResult<()> {
    let next = (
        sessions::refresh_number.eq(sessions::refresh_number + 1),
        sessions::refresh_hash.eq(hash),
        sessions::rotated_at.eq(now),
        sessions::seen_at.eq(now),
        sessions::expires_at.eq(expires_at),
    );
    diesel::update(sessions::table.find(id)).set(next).execute(connection).await?;
    Ok(())
}

/// Of an account, those that go on, the one that was seen last first.
pub(super) async fn live(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    now: Timestamp,
) -> QueryResult<Vec<Session>> {
    let live = sessions::store_id.eq(store).and(sessions::account_id.eq(account));
    let rows = sessions::table
        .filter(live.and(sessions::ended_at.is_null()).and(sessions::expires_at.gt(now)))
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .limit(LISTED)
        .select(SessionRow::as_select())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Whether nobody has ended it.
pub(crate) async fn is_live(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    id: SessionId,
) -> QueryResult<bool> {
    let live = sessions::table.find(id).filter(sessions::account_id.eq(account).and(sessions::ended_at.is_null()));
    diesel::select(diesel::dsl::exists(live)).get_result(connection).await
}

/// Ends one that goes on, and says so to everybody. Whether there was one.
pub(crate) async fn end(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    id: SessionId,
    reason: EndReason,
    now: Timestamp,
) -> QueryResult<bool> {
    let one = sessions::id.eq(id).and(sessions::account_id.eq(account)).and(sessions::store_id.eq(store));
    let ended: Vec<SessionId> = diesel::update(sessions::table.filter(one.and(sessions::ended_at.is_null())))
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(reason.name())))
        .returning(sessions::id)
        .get_results(connection)
        .await?;
    say(connection, store, &ended, now).await?;
    Ok(!ended.is_empty())
}

/// Ends all of an account but one, and says so to everybody. In the transaction of what makes them end.
pub(crate) async fn end_all(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    but: Option<SessionId>,
    reason: EndReason,
    now: Timestamp,
) -> QueryResult<Vec<SessionId>> {
    let all = sessions::account_id.eq(account).and(sessions::store_id.eq(store)).and(sessions::ended_at.is_null());
    let change = (sessions::ended_at.eq(now), sessions::end_reason.eq(reason.name()));
    let ended: Vec<SessionId> = match but {
        Some(but) => {
            let others = diesel::update(sessions::table.filter(all.and(sessions::id.ne(but))));
            others.set(change).returning(sessions::id).get_results(connection).await?
        }
        None => {
            let all = diesel::update(sessions::table.filter(all));
            all.set(change).returning(sessions::id).get_results(connection).await?
        }
    };
    say(connection, store, &ended, now).await?;
    Ok(ended)
}

/// Of an account's that go on, ends all but those that were seen last.
pub(super) async fn end_the_oldest(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    now: Timestamp,
) -> QueryResult<Vec<SessionId>> {
    let live = sessions::account_id.eq(account).and(sessions::store_id.eq(store)).and(sessions::ended_at.is_null());
    let too_many: Vec<SessionId> = sessions::table
        .filter(live)
        .order((sessions::seen_at.desc(), sessions::id.desc()))
        .offset(LIVE_MAX)
        .select(sessions::id)
        .load(connection)
        .await?;
    if too_many.is_empty() {
        return Ok(too_many);
    }
    let change = (sessions::ended_at.eq(now), sessions::end_reason.eq(EndReason::Revoked.name()));
    let oldest = sessions::table.filter(sessions::id.eq_any(too_many).and(sessions::ended_at.is_null()));
    let ended = diesel::update(oldest).set(change).returning(sessions::id).get_results(connection).await?;
    say(connection, store, &ended, now).await?;
    Ok(ended)
}

/// Those that ended since `since`, with when.
pub(super) async fn ended_since(
    connection: &mut AsyncPgConnection,
    since: Timestamp,
) -> QueryResult<Vec<(SessionId, Option<Timestamp>)>> {
    let ended = sessions::table.filter(sessions::ended_at.ge(since));
    ended.select((sessions::id, sessions::ended_at)).load(connection).await
}

/// Removes what was over before `before`; says how many.
pub(super) async fn prune(connection: &mut AsyncPgConnection, before: Timestamp) -> QueryResult<usize> {
    let over = sessions::ended_at.lt(before).or(sessions::expires_at.lt(before));
    diesel::delete(sessions::table.filter(over)).execute(connection).await
}

async fn say(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    ended: &[SessionId],
    now: Timestamp,
) -> QueryResult<()> {
    if ended.is_empty() {
        return Ok(());
    }
    let changed = Changed { sessions_ended: ended.to_vec(), ended_at: Some(now) };
    let payload = serde_json::to_value(changed).expect("ids and a time are plain data");
    outbox::publish_in_op(connection, store, TOPIC, &payload).await
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            store: row.store_id,
            account: row.account_id,
            second_factor: row.second_factor,
            device: row.device,
            address: row.address.and_then(|address| address.parse().ok()),
            begun_at: row.begun_at,
            seen_at: row.seen_at,
            expires_at: row.expires_at,
        }
    }
}
