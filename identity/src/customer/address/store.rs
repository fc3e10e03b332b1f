//! SQL of the table `addresses`.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{AccountId, AddressId, StoreId};

use super::draft::Draft;
use crate::reach::Phone;
use crate::schema::addresses;

#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = addresses, check_for_backend(diesel::pg::Pg))]
pub struct Address {
    pub id: AddressId,
    pub name: String,
    pub line1: String,
    pub line2: Option<String>,
    pub city: String,
    pub region: Option<String>,
    pub postal_code: String,
    pub country: String,
    pub phone: Option<String>,
    pub is_default: bool,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The default first, then the newest.
pub(crate) async fn list(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Vec<Address>> {
    addresses::table
        .filter(addresses::store_id.eq(store))
        .filter(addresses::account_id.eq(account))
        .order((addresses::is_default.desc(), addresses::id.desc()))
        .select(Address::as_select())
        .load(connection)
        .await
}

pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    id: AddressId,
) -> QueryResult<Option<Address>> {
    addresses::table
        .find(id)
        .filter(addresses::store_id.eq(store))
        .filter(addresses::account_id.eq(account))
        .select(Address::as_select())
        .first(connection)
        .await
        .optional()
}

pub(super) async fn insert(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    id: AddressId,
    draft: &Draft,
    now: Timestamp,
) -> QueryResult<Address> {
    let whose = (addresses::id.eq(id), addresses::store_id.eq(store), addresses::account_id.eq(account));
    let times = (addresses::version.eq(1), addresses::created_at.eq(now), addresses::updated_at.eq(now));
    diesel::insert_into(addresses::table)
        .values((whose, Place::of(draft), addresses::is_default.eq(draft.is_default), times))
        .returning(Address::as_returning())
        .get_result(connection)
        .await
}

pub(super) async fn replace(
    connection: &mut AsyncPgConnection,
    id: AddressId,
    draft: &Draft,
    version: i64,
    now: Timestamp,
) -> QueryResult<Address> {
    let times = (addresses::version.eq(version), addresses::updated_at.eq(now));
    diesel::update(addresses::table.find(id))
        .set((Place::of(draft), addresses::is_default.eq(draft.is_default), times))
        .returning(Address::as_returning())
        .get_result(connection)
        .await
}

pub(super) async fn remove(connection: &mut AsyncPgConnection, id: AddressId) -> QueryResult<()> {
    diesel::delete(addresses::table.find(id)).execute(connection).await?;
    Ok(())
}

/// None of them is the default; whose it was is a version further.
pub(super) async fn no_default(
    connection: &mut AsyncPgConnection,
    account: AccountId,
    but: AddressId,
    now: Timestamp,
) -> QueryResult<()> {
    let others = addresses::table
        .filter(addresses::account_id.eq(account))
        .filter(addresses::is_default)
        .filter(addresses::id.ne(but));
    let changed =
        (addresses::is_default.eq(false), addresses::version.eq(addresses::version + 1), addresses::updated_at.eq(now));
    diesel::update(others).set(changed).execute(connection).await?;
    Ok(())
}

pub(super) async fn make_default(connection: &mut AsyncPgConnection, id: AddressId, now: Timestamp) -> QueryResult<()> {
    let changed =
        (addresses::is_default.eq(true), addresses::version.eq(addresses::version + 1), addresses::updated_at.eq(now));
    diesel::update(addresses::table.find(id)).set(changed).execute(connection).await?;
    Ok(())
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = addresses, treat_none_as_null = true)]
struct Place<'a> {
    name: &'a str,
    line1: &'a str,
    line2: Option<&'a str>,
    city: &'a str,
    region: Option<&'a str>,
    postal_code: &'a str,
    country: &'a str,
    phone: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn of(draft: &'a Draft) -> Self {
        let place = &draft.place;
        Self {
            name: &place.name,
            line1: &place.line1,
            line2: place.line2.as_deref(),
            city: &place.city,
            region: place.region.as_deref(),
            postal_code: &place.postal_code,
            country: &place.country,
            phone: draft.phone.as_ref().map(Phone::as_str),
        }
    }
}
