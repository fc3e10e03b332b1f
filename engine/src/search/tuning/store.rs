//! SQL of how stores are searched.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use search_index::{Language, Ranking};

use crate::clock::Timestamp;
use crate::id::StoreId;
use crate::postgres::schema::{search_settings, stores};
use crate::search::languages::Languages;

use super::Tuning;

#[derive(Queryable, Selectable)]
#[diesel(table_name = search_settings)]
struct SettingsRow {
    popularity: i32,
    rating: i32,
    newness: i32,
    newness_half_life_days: i32,
    sold_out: i32,
    version: i64,
    updated_at: Timestamp,
}

/// One changes it at a time, also the first who does.
pub(super) async fn wait_in_line(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<()> {
    let whose = stores::table.find(store).for_no_key_update().select(stores::id);
    whose.first::<StoreId>(connection).await?;
    Ok(())
}

pub(super) async fn tuning(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<Tuning> {
    let (code, row): (String, Option<SettingsRow>) = stores::table
        .left_join(search_settings::table.on(search_settings::store_id.eq(stores::id)))
        .filter(stores::id.eq(store))
        .select((stores::language, Option::<SettingsRow>::as_select()))
        .first(connection)
        .await?;
    let language = language(&code);
    Ok(match row {
        Some(row) => {
            Tuning { language, ranking: ranking(&row), version: row.version, updated_at: Some(row.updated_at) }
        }
        None => Tuning { language, ranking: Ranking::default(), version: 1, updated_at: None },
    })
}

pub(super) async fn write(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    is: &Tuning,
    now: Timestamp,
) -> QueryResult<()> {
    let number = |weight: u32| i32::try_from(weight).unwrap_or(i32::MAX);
    diesel::update(stores::table.find(store)).set(stores::language.eq(is.language.code())).execute(connection).await?;
    let row = (
        search_settings::popularity.eq(number(is.ranking.popularity)),
        search_settings::rating.eq(number(is.ranking.rating)),
        search_settings::newness.eq(number(is.ranking.newness)),
        search_settings::newness_half_life_days.eq(number(is.ranking.newness_half_life_days)),
        search_settings::sold_out.eq(number(is.ranking.sold_out)),
        search_settings::version.eq(is.version),
        search_settings::updated_at.eq(now),
    );
    diesel::insert_into(search_settings::table)
        .values((search_settings::store_id.eq(store), row))
        .on_conflict(search_settings::store_id)
        .do_update()
        .set(row)
        .execute(connection)
        .await?;
    Ok(())
}

/// What the documents of a new index are to be in.
pub(in crate::search) async fn languages(connection: &mut AsyncPgConnection) -> QueryResult<Languages> {
    Ok(languages_of_all(connection).await?.into_iter().collect())
}

pub(in crate::search) async fn languages_of_all(
    connection: &mut AsyncPgConnection,
) -> QueryResult<Vec<(StoreId, Language)>> {
    let rows: Vec<(StoreId, String)> = stores::table.select((stores::id, stores::language)).load(connection).await?;
    Ok(rows.into_iter().map(|(store, code)| (store, language(&code))).collect())
}

/// Of the stores that have their own.
pub(in crate::search) async fn rankings(connection: &mut AsyncPgConnection) -> QueryResult<HashMap<StoreId, Ranking>> {
    let rows: Vec<(StoreId, SettingsRow)> =
        search_settings::table.select((search_settings::store_id, SettingsRow::as_select())).load(connection).await?;
    Ok(rows.into_iter().map(|(store, row)| (store, ranking(&row))).collect())
}

/// The database has those alone that the search knows; what a later version adds is read without its rules.
fn language(code: &str) -> Language {
    code.parse().unwrap_or(Language::Other)
}

fn ranking(row: &SettingsRow) -> Ranking {
    Ranking {
        popularity: row.popularity.unsigned_abs(),
        rating: row.rating.unsigned_abs(),
        newness: row.newness.unsigned_abs(),
        newness_half_life_days: row.newness_half_life_days.unsigned_abs(),
        sold_out: row.sold_out.unsigned_abs(),
    }
}
