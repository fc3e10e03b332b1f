//! SQL of synonyms and rules.

mod rule;
mod synonym;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::Slug;
use crate::id::{ProductId, StoreId};
use crate::postgres::schema::{brands, categories, products};

pub(super) use rule::*;
pub(super) use synonym::*;

/// Each is in the memory of every server, and looked at by every search with words.
pub const SYNONYMS_MAX: i64 = 5_000;
/// The same, by every search.
pub const RULES_MAX: i64 = 1_000;

/// Whoever adds to what a store has does so after whoever is adding now: so it is counted exactly.
pub(super) async fn wait_in_line(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<()> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(format!("merchandising of {store}"))
        .execute(connection)
        .await?;
    Ok(())
}

/// Those of `ids` that are the store's, in any state.
pub(super) async fn known_products(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    ids: &[ProductId],
) -> QueryResult<Vec<ProductId>> {
    let known = products::table.filter(products::store_id.eq(store).and(products::id.eq_any(ids)));
    known.select(products::id).load(connection).await
}

pub(super) async fn has_brand(connection: &mut AsyncPgConnection, store: StoreId, slug: &Slug) -> QueryResult<bool> {
    let named = brands::table.filter(brands::store_id.eq(store).and(brands::slug.eq(slug.as_str())));
    diesel::select(diesel::dsl::exists(named)).get_result(connection).await
}

pub(super) async fn has_category(connection: &mut AsyncPgConnection, store: StoreId, slug: &Slug) -> QueryResult<bool> {
    let named = categories::table.filter(categories::store_id.eq(store).and(categories::slug.eq(slug.as_str())));
    diesel::select(diesel::dsl::exists(named)).get_result(connection).await
}
