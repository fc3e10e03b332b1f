//! Locations.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::clock::Timestamp;
use crate::id::{LocationId, StoreId};
use crate::postgres::schema::{locations, stock_levels};

use super::super::location::Location;
use super::super::name::{Code, Title};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = locations, treat_none_as_null = true)]
struct LocationRow {
    id: LocationId,
    store_id: StoreId,
    code: String,
    name: String,
    is_default: bool,
    version: i64,
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(in crate::catalog) async fn insert_location(
    connection: &mut AsyncPgConnection,
    location: &Location,
) -> QueryResult<()> {
    diesel::insert_into(locations::table).values(LocationRow::from(location)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn update_location(
    connection: &mut AsyncPgConnection,
    location: &Location,
) -> QueryResult<()> {
    diesel::update(locations::table.find(location.id)).set(LocationRow::from(location)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn location_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: LocationId,
) -> QueryResult<Option<Location>> {
    let row = locations::table.find(id).filter(locations::store_id.eq(store)).for_no_key_update();
    row.select(LocationRow::as_select()).first(connection).await.optional().map(|row| row.map(Location::from))
}

pub(in crate::catalog) async fn location(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: LocationId,
) -> QueryResult<Option<Location>> {
    let row = locations::table.find(id).filter(locations::store_id.eq(store)).select(LocationRow::as_select());
    row.first(connection).await.optional().map(|row| row.map(Location::from))
}

/// By id, those after `after`, archived ones too.
pub(in crate::catalog) async fn locations_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<LocationId>,
    limit: i64,
) -> QueryResult<Vec<Location>> {
    let mut query = locations::table.filter(locations::store_id.eq(store)).into_boxed();
    if let Some(after) = after {
        query = query.filter(locations::id.gt(after));
    }
    let rows = query.order(locations::id).limit(limit).select(LocationRow::as_select()).load(connection).await?;
    Ok(rows.into_iter().map(Location::from).collect())
}

/// How many variants have something there. The one look of this domain at the stock's levels, which it never writes.
pub(in crate::catalog) async fn accounts_at(connection: &mut AsyncPgConnection, id: LocationId) -> QueryResult<i64> {
    let occupied = stock_levels::on_hand.ne(0).or(stock_levels::reserved.ne(0));
    let there = stock_levels::table.filter(stock_levels::location_id.eq(id).and(occupied));
    there.count().get_result(connection).await
}

impl From<&Location> for LocationRow {
    fn from(location: &Location) -> Self {
        Self {
            id: location.id,
            store_id: location.store_id,
            code: location.code.to_string(),
            name: location.name.to_string(),
            is_default: location.is_default,
            version: location.version,
            archived_at: location.archived_at,
            created_at: location.created_at,
            updated_at: location.updated_at,
        }
    }
}

impl From<LocationRow> for Location {
    fn from(row: LocationRow) -> Self {
        Self {
            id: row.id,
            store_id: row.store_id,
            code: Code::stored(&row.code),
            name: Title::stored(&row.name),
            is_default: row.is_default,
            version: row.version,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
