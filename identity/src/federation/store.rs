//! SQL of external identities.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, SessionId, StoreId};

use super::claim::Claim;
use super::link::{Known, Namesake};
use crate::account::store::Kept;
use crate::account::{self, Account, Status};
use crate::reach::Email;
use crate::schema::{accounts, external_identities};
use crate::session;

/// Somebody elsewhere who is this account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = external_identities)]
pub struct Linked {
    pub provider: String,
    pub issuer: String,
    pub linked_at: Timestamp,
    pub used_at: Timestamp,
}

/// The account, as it stays until the transaction ends.
pub(super) async fn lock_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Option<Kept>> {
    let row = accounts::table.find(account).select(accounts::id).for_no_key_update();
    row.first::<AccountId>(connection).await.optional()?;
    account::store::by_id(connection, store, account).await
}

/// Whether somebody who is signed in still is, and keeps the account as it is until the transaction ends.
pub(super) async fn goes_on_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    session: SessionId,
) -> QueryResult<bool> {
    let kept = lock_in_op(connection, store, account).await?;
    let is_active = kept.is_some_and(|kept| kept.account.status == Status::Active);
    Ok(is_active && session::store::is_live(connection, account, session).await?)
}

/// Keeps the account as it is until the transaction ends.
pub(super) async fn known_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    claim: &Claim,
) -> QueryResult<Option<Known>> {
    let row = external_identities::table.find((store, claim.issuer.as_str(), claim.subject.as_str()));
    let account: Option<AccountId> = row.select(external_identities::account_id).first(connection).await.optional()?;
    let Some(account) = account else { return Ok(None) };
    let kept = lock_in_op(connection, store, account).await?;
    Ok(kept.map(|kept| Known { account, is_active: kept.account.status == Status::Active }))
}

/// Keeps the account as it is until the transaction ends.
pub(super) async fn namesake_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    email: &Email,
    provider: &str,
) -> QueryResult<Option<Namesake>> {
    let row = accounts::table.filter(accounts::store_id.eq(store).and(accounts::email_key.eq(email.key())));
    let id: Option<AccountId> = row.select(accounts::id).for_no_key_update().first(connection).await.optional()?;
    let Some(id) = id else { return Ok(None) };
    let kept = account::store::by_id(connection, store, id).await?;
    let has_another = has_of_provider(connection, id, provider).await?;
    Ok(kept.map(|kept| Namesake {
        account: id,
        is_active: kept.account.status == Status::Active,
        verified_here: kept.account.email_verified_at.is_some(),
        has_another,
    }))
}

pub(super) async fn has_of_provider(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    provider: &str,
) -> QueryResult<bool> {
    use external_identities as identities;
    let of = identities::table.filter(identities::account_id.eq(account).and(identities::provider.eq(provider)));
    diesel::select(diesel::dsl::exists(of)).get_result(connection).await
}

pub(super) async fn link_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    provider: &str,
    claim: &Claim,
    now: Timestamp,
) -> QueryResult<()> {
    use external_identities as identities;
    let row = (
        identities::store_id.eq(store),
        identities::issuer.eq(&claim.issuer),
        identities::subject.eq(&claim.subject),
        identities::account_id.eq(account),
        identities::provider.eq(provider),
        identities::linked_at.eq(now),
        identities::used_at.eq(now),
    );
    diesel::insert_into(identities::table).values(row).execute(connection).await?;
    Ok(())
}

pub(super) async fn used_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    claim: &Claim,
    now: Timestamp,
) -> QueryResult<()> {
    let row = external_identities::table.find((store, claim.issuer.as_str(), claim.subject.as_str()));
    diesel::update(row).set(external_identities::used_at.eq(now)).execute(connection).await?;
    Ok(())
}

pub(super) async fn linked(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Vec<Linked>> {
    use external_identities as identities;
    let of = identities::table.filter(identities::store_id.eq(store).and(identities::account_id.eq(account)));
    of.order(identities::provider).select(Linked::as_select()).load(connection).await
}

/// False: there was none.
pub(super) async fn unlink_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    provider: &str,
) -> QueryResult<bool> {
    use external_identities as identities;
    let of = identities::table.filter(identities::store_id.eq(store).and(identities::account_id.eq(account)));
    Ok(diesel::delete(of.filter(identities::provider.eq(provider))).execute(connection).await? > 0)
}

/// Whether its owner can get in by something that is theirs: a password, or a code to an address that they proved.
pub(super) fn has_other_way_in(account: &Account) -> bool {
    account.has_password || account.email_verified_at.is_some() || account.phone_verified_at.is_some()
}
