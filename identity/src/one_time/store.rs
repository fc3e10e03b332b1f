//! SQL of one-time tokens. Whoever writes here holds the account's row first: so nobody waits for each other crosswise.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, StoreId};

use super::Purpose;
use super::rule::Kept;
use crate::reach::Email;
use crate::schema::one_time_tokens as tokens;
use crate::unreadable::unreadable;

/// What a token says.
pub(crate) struct Row {
    pub(crate) account: Option<AccountId>,
    pub(crate) email: Email,
    pub(crate) kept: Kept,
}

/// One that is to be.
pub(crate) struct New<'a> {
    pub(crate) hash: [u8; 32],
    pub(crate) store: StoreId,
    pub(crate) account: Option<AccountId>,
    pub(crate) purpose: Purpose,
    pub(crate) email: &'a Email,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(connection: &mut AsyncPgConnection, new: New<'_>) -> QueryResult<()> {
    let row = (
        tokens::hash.eq(new.hash.to_vec()),
        tokens::store_id.eq(new.store),
        tokens::account_id.eq(new.account),
        tokens::purpose.eq(new.purpose.name()),
        tokens::email.eq(new.email.as_str()),
        tokens::created_at.eq(new.created_at),
        tokens::expires_at.eq(new.expires_at),
    );
    diesel::insert_into(tokens::table).values(row).execute(connection).await?;
    Ok(())
}

pub(crate) async fn find(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    purpose: Purpose,
    hash: [u8; 32],
) -> QueryResult<Option<Row>> {
    type Columns = (Option<AccountId>, String, Timestamp, Option<Timestamp>);
    let row =
        tokens::table.find(hash.to_vec()).filter(tokens::store_id.eq(store).and(tokens::purpose.eq(purpose.name())));
    let columns = (tokens::account_id, tokens::email, tokens::expires_at, tokens::used_at);
    let row: Option<Columns> = row.select(columns).first(connection).await.optional()?;
    row.map(|(account, email, expires_at, used_at)| {
        let email = Email::parse(&email).map_err(unreadable)?;
        Ok(Row { account, email, kept: Kept { expires_at, used_at } })
    })
    .transpose()
}

/// All that an account has been sent and has not used: they open nothing any more.
pub(crate) async fn use_up(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    purposes: &[Purpose],
    now: Timestamp,
) -> QueryResult<()> {
    let names: Vec<&str> = purposes.iter().map(|purpose| purpose.name()).collect();
    let open = tokens::account_id.eq(account).and(tokens::purpose.eq_any(names));
    let open = tokens::table.filter(open.and(tokens::used_at.is_null()));
    diesel::update(open).set(tokens::used_at.eq(now)).execute(connection).await?;
    Ok(())
}

/// How many letters of a kind an account was sent since.
pub(crate) async fn sent_since(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    purpose: Purpose,
    since: Timestamp,
) -> QueryResult<i64> {
    let sent = tokens::table.filter(tokens::account_id.eq(account).and(tokens::created_at.gt(since)));
    sent.filter(tokens::purpose.eq(purpose.name())).count().get_result(connection).await
}

/// Removes what ran out before `before`; says how many.
pub(crate) async fn prune(connection: &mut AsyncPgConnection, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(tokens::table.filter(tokens::expires_at.lt(before))).execute(connection).await
}
