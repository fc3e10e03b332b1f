//! SQL of second factors, their recovery codes and their challenges.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Integer, Nullable, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, ChallengeId, StoreId};
use engine::postgres::schema::stores;

use super::challenge;
use crate::account::Account;
use crate::notification::Recipient;
use crate::reach::{Email, Phone};
use crate::schema::{accounts, recovery_codes, second_factor_challenges, second_factors};

/// Wrong codes of an account in a window, over all challenges.
const WRONG_MAX: i32 = 10;
pub(super) const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// So that who asks something removes what is old, and is not held up by it.
const SWEPT_AT_ONCE: i64 = 100;

#[derive(QueryableByName)]
pub(super) struct FactorRow {
    #[diesel(sql_type = Bytea)]
    pub(super) secret: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    pub(super) last_step: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(super) confirmed_at: Option<Timestamp>,
}

#[derive(QueryableByName)]
struct AskedRow {
    #[diesel(sql_type = Uuid)]
    account_id: AccountId,
}

/// Since when the factor guards; `None`: there is none, or it was never confirmed.
pub(super) async fn confirmed_at(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Option<Timestamp>> {
    let row = second_factors::table.find(account).filter(second_factors::store_id.eq(store));
    let confirmed_at: Option<Option<Timestamp>> =
        row.select(second_factors::confirmed_at).first(connection).await.optional()?;
    Ok(confirmed_at.flatten())
}

/// In place of one that was never confirmed. False: there is one that was.
pub(super) async fn enrol(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    secret: &[u8],
    now: Timestamp,
) -> QueryResult<bool> {
    let written = diesel::sql_query(
        "insert into second_factors (account_id, store_id, secret, tries_since, enrolled_at) values ($1, $2, $3, $4, $4)
         on conflict (account_id) do update set secret = excluded.secret, enrolled_at = excluded.enrolled_at
         where second_factors.confirmed_at is null",
    )
    .bind::<Uuid, _>(account)
    .bind::<Uuid, _>(store)
    .bind::<Bytea, _>(secret)
    .bind::<Timestamptz, _>(now)
    .execute(connection)
    .await?;
    Ok(written == 1)
}

/// Counts a code that is about to be compared. `None`: there is no factor, or too many were wrong.
pub(super) async fn count_try(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    now: Timestamp,
) -> QueryResult<Option<FactorRow>> {
    diesel::sql_query(
        "update second_factors
         set tries = case when tries_since <= $3 then 1 else tries + 1 end,
             tries_since = case when tries_since <= $3 then $4 else tries_since end
         where account_id = $1 and store_id = $2 and (tries_since <= $3 or tries < $5)
         returning secret, last_step, confirmed_at",
    )
    .bind::<Uuid, _>(account)
    .bind::<Uuid, _>(store)
    .bind::<Timestamptz, _>(now - WINDOW)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(WRONG_MAX)
    .get_result(connection)
    .await
    .optional()
}

/// Since when the wrong ones are counted.
pub(super) async fn tries_since(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Option<Timestamp>> {
    let row = second_factors::table.find(account).filter(second_factors::store_id.eq(store));
    row.select(second_factors::tries_since).first(connection).await.optional()
}

/// Remembers the step, and that the try was not a wrong one. False: this step or a later one was accepted meanwhile.
pub(super) async fn accept_step_in_op(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    step: i64,
) -> QueryResult<bool> {
    let accepted = diesel::sql_query(
        "update second_factors set last_step = $2, tries = greatest(tries - 1, 0)
         where account_id = $1 and last_step < $2",
    )
    .bind::<Uuid, _>(account)
    .bind::<BigInt, _>(step)
    .execute(connection)
    .await?;
    Ok(accepted == 1)
}

/// Uses the code up. False: there is no such code, or it was used.
pub(super) async fn accept_recovery_in_op(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    digest: &[u8],
    now: Timestamp,
) -> QueryResult<bool> {
    let unused = recovery_codes::table.find((account, digest)).filter(recovery_codes::used_at.is_null());
    let used = diesel::update(unused).set(recovery_codes::used_at.eq(now)).execute(connection).await?;
    if used == 1 {
        diesel::sql_query("update second_factors set tries = greatest(tries - 1, 0) where account_id = $1")
            .bind::<Uuid, _>(account)
            .execute(connection)
            .await?;
    }
    Ok(used == 1)
}

/// From now on the factor is asked for. False: it has been so already.
pub(super) async fn confirm_in_op(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    now: Timestamp,
) -> QueryResult<bool> {
    let offered = second_factors::table.find(account).filter(second_factors::confirmed_at.is_null());
    Ok(diesel::update(offered).set(second_factors::confirmed_at.eq(now)).execute(connection).await? == 1)
}

pub(super) async fn replace_recovery_codes_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    digests: &[Vec<u8>],
) -> QueryResult<()> {
    use recovery_codes as codes;
    diesel::delete(codes::table.filter(codes::account_id.eq(account))).execute(connection).await?;
    let row =
        |digest: &Vec<u8>| (codes::store_id.eq(store), codes::account_id.eq(account), codes::digest.eq(digest.clone()));
    let rows: Vec<_> = digests.iter().map(row).collect();
    diesel::insert_into(codes::table).values(rows).execute(connection).await?;
    Ok(())
}

pub(super) async fn recovery_codes_left(connection: &mut AsyncPgConnection, account: AccountId) -> QueryResult<u32> {
    use recovery_codes as codes;
    let left = codes::table.filter(codes::account_id.eq(account).and(codes::used_at.is_null()));
    let left: i64 = left.count().get_result(connection).await?;
    Ok(u32::try_from(left).unwrap_or(0))
}

/// Its recovery codes and open challenges go with it; they after it, as whoever shows a code holds them.
pub(crate) async fn remove_in_op(connection: &mut AsyncPgConnection, account: AccountId) -> QueryResult<()> {
    use second_factor_challenges as challenges;
    diesel::delete(second_factors::table.find(account)).execute(connection).await?;
    diesel::delete(challenges::table.filter(challenges::account_id.eq(account))).execute(connection).await?;
    Ok(())
}

/// False: the account is not any more as it was when its owner said who they are.
pub(super) async fn ask(
    connection: &mut AsyncPgConnection,
    account: &Account,
    id: ChallengeId,
    now: Timestamp,
) -> QueryResult<bool> {
    diesel::sql_query(
        "delete from second_factor_challenges where id in (
             select id from second_factor_challenges where expires_at < $1 limit $2 for update skip locked)",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(SWEPT_AT_ONCE)
    .execute(connection)
    .await?;
    let asked = diesel::sql_query(
        "insert into second_factor_challenges (id, store_id, account_id, asked_at, expires_at)
         select $1, store_id, id, $2, $3 from accounts where id = $4 and store_id = $5 and secured_at = $6 for share",
    )
    .bind::<Uuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + challenge::LIFETIME)
    .bind::<Uuid, _>(account.id)
    .bind::<Uuid, _>(account.store)
    .bind::<Timestamptz, _>(account.secured_at)
    .execute(connection)
    .await?;
    Ok(asked == 1)
}

/// Counts a try at a challenge, and says whose it is. `None`: it is over, or what it was asked after is worth nothing any more
/// because the account's password, role or status changed since.
pub(super) async fn count_answer(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ChallengeId,
    now: Timestamp,
) -> QueryResult<Option<AccountId>> {
    let row: Option<AskedRow> = diesel::sql_query(
        "update second_factor_challenges c set tries = tries + 1
         where id = $1 and store_id = $2 and answered_at is null and expires_at > $3 and tries < $4
           and asked_at >= (select secured_at from accounts a where a.id = c.account_id)
         returning account_id",
    )
    .bind::<Uuid, _>(id)
    .bind::<Uuid, _>(store)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(challenge::TRIES)
    .get_result(connection)
    .await
    .optional()?;
    Ok(row.map(|row| row.account_id))
}

/// False: somebody else answered it a moment ago.
pub(super) async fn answered_in_op(
    connection: &mut AsyncPgConnection,
    id: ChallengeId,
    now: Timestamp,
) -> QueryResult<bool> {
    use second_factor_challenges as challenges;
    let open = challenges::table.find(id).filter(challenges::answered_at.is_null());
    Ok(diesel::update(open).set(challenges::answered_at.eq(now)).execute(connection).await? == 1)
}

/// What the shop is called in an app.
pub(super) async fn shop_name(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<String> {
    stores::table.find(store).select(stores::name).first(connection).await
}

/// Where the account's owner is told of what happens to it, and what they are called in an app.
pub(super) async fn reach(connection: &mut AsyncPgConnection, account: AccountId) -> QueryResult<Option<Recipient>> {
    let row = accounts::table.find(account).select((accounts::email, accounts::phone));
    let row: Option<(Option<String>, Option<String>)> = row.first(connection).await.optional()?;
    let (email, phone) = row.unwrap_or_default();
    let email = email.and_then(|email| Email::parse(&email).ok()).map(Recipient::Email);
    Ok(email.or_else(|| phone.and_then(|phone| Phone::parse(&phone).ok()).map(Recipient::Phone)))
}
