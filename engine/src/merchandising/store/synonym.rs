//! Synonyms.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::clock::Timestamp;
use crate::id::{StoreId, SynonymId};
use crate::postgres::schema::search_synonyms;

use super::super::phrase::Phrase;
use super::super::synonym::Synonym;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = search_synonyms)]
struct SynonymRow {
    id: SynonymId,
    store_id: StoreId,
    words: Vec<String>,
    means: Vec<String>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(in crate::merchandising) async fn insert_synonym(
    connection: &mut AsyncPgConnection,
    synonym: &Synonym,
) -> QueryResult<()> {
    diesel::insert_into(search_synonyms::table).values(SynonymRow::from(synonym)).execute(connection).await?;
    Ok(())
}

pub(in crate::merchandising) async fn update_synonym(
    connection: &mut AsyncPgConnection,
    synonym: &Synonym,
) -> QueryResult<()> {
    let row = search_synonyms::table.find(synonym.id);
    diesel::update(row).set(SynonymRow::from(synonym)).execute(connection).await?;
    Ok(())
}

pub(in crate::merchandising) async fn delete_synonym(
    connection: &mut AsyncPgConnection,
    id: SynonymId,
) -> QueryResult<()> {
    diesel::delete(search_synonyms::table.find(id)).execute(connection).await?;
    Ok(())
}

pub(in crate::merchandising) async fn synonym_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: SynonymId,
) -> QueryResult<Option<Synonym>> {
    let row = search_synonyms::table.find(id).filter(search_synonyms::store_id.eq(store)).for_update();
    row.select(SynonymRow::as_select()).first(connection).await.optional().map(|row| row.map(Synonym::from))
}

pub(in crate::merchandising) async fn synonym(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: SynonymId,
) -> QueryResult<Option<Synonym>> {
    let row = search_synonyms::table.find(id).filter(search_synonyms::store_id.eq(store));
    row.select(SynonymRow::as_select()).first(connection).await.optional().map(|row| row.map(Synonym::from))
}

/// By id, those after `after`.
pub(in crate::merchandising) async fn synonyms_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<SynonymId>,
    limit: i64,
) -> QueryResult<Vec<Synonym>> {
    let mut query = search_synonyms::table.filter(search_synonyms::store_id.eq(store)).into_boxed();
    if let Some(after) = after {
        query = query.filter(search_synonyms::id.gt(after));
    }
    let rows = query.order(search_synonyms::id).limit(limit).select(SynonymRow::as_select()).load(connection).await?;
    Ok(rows.into_iter().map(Synonym::from).collect())
}

/// By id; of every store if none is given.
pub(in crate::merchandising) async fn all_synonyms(
    connection: &mut AsyncPgConnection,
    store: Option<StoreId>,
) -> QueryResult<Vec<Synonym>> {
    let mut query = search_synonyms::table.into_boxed();
    if let Some(store) = store {
        query = query.filter(search_synonyms::store_id.eq(store));
    }
    let rows = query.order(search_synonyms::id).select(SynonymRow::as_select()).load(connection).await?;
    Ok(rows.into_iter().map(Synonym::from).collect())
}

pub(in crate::merchandising) async fn count_synonyms(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<i64> {
    search_synonyms::table.filter(search_synonyms::store_id.eq(store)).count().get_result(connection).await
}

impl From<&Synonym> for SynonymRow {
    fn from(synonym: &Synonym) -> Self {
        let texts = |phrases: &[Phrase]| phrases.iter().map(Phrase::to_string).collect();
        Self {
            id: synonym.id,
            store_id: synonym.store_id,
            words: texts(&synonym.words),
            means: texts(&synonym.means),
            version: synonym.version,
            created_at: synonym.created_at,
            updated_at: synonym.updated_at,
        }
    }
}

impl From<SynonymRow> for Synonym {
    fn from(row: SynonymRow) -> Self {
        let phrases = |texts: Vec<String>| texts.iter().map(|text| Phrase::stored(text)).collect();
        Self {
            id: row.id,
            store_id: row.store_id,
            words: phrases(row.words),
            means: phrases(row.means),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
