//! Brands.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::clock::Timestamp;
use crate::id::{BrandId, StoreId};
use crate::postgres::schema::{brands, products};

use super::super::brand::Brand;
use super::super::name::{Slug, Title};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = brands, treat_none_as_null = true)]
struct BrandRow {
    id: BrandId,
    store_id: StoreId,
    slug: String,
    name: String,
    version: i64,
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(in crate::catalog) async fn insert_brand(connection: &mut AsyncPgConnection, brand: &Brand) -> QueryResult<()> {
    diesel::insert_into(brands::table).values(BrandRow::from(brand)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn update_brand(connection: &mut AsyncPgConnection, brand: &Brand) -> QueryResult<()> {
    diesel::update(brands::table.find(brand.id)).set(BrandRow::from(brand)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn brand_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: BrandId,
) -> QueryResult<Option<Brand>> {
    let row = brands::table.find(id).filter(brands::store_id.eq(store)).for_no_key_update();
    row.select(BrandRow::as_select()).first(connection).await.optional().map(|row| row.map(Brand::from))
}

pub(in crate::catalog) async fn brand(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: BrandId,
) -> QueryResult<Option<Brand>> {
    let row = brands::table.find(id).filter(brands::store_id.eq(store)).select(BrandRow::as_select());
    row.first(connection).await.optional().map(|row| row.map(Brand::from))
}

pub(in crate::catalog) async fn brand_by_slug(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    slug: &str,
) -> QueryResult<Option<Brand>> {
    let row = brands::table.filter(brands::store_id.eq(store).and(brands::slug.eq(slug)));
    row.select(BrandRow::as_select()).first(connection).await.optional().map(|row| row.map(Brand::from))
}

/// By id, those after `after`, archived ones too.
pub(in crate::catalog) async fn brands_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<BrandId>,
    limit: i64,
) -> QueryResult<Vec<Brand>> {
    let mut query = brands::table.filter(brands::store_id.eq(store)).into_boxed();
    if let Some(after) = after {
        query = query.filter(brands::id.gt(after));
    }
    let rows = query.order(brands::id).limit(limit).select(BrandRow::as_select()).load(connection).await?;
    Ok(rows.into_iter().map(Brand::from).collect())
}

/// Those that are not archived, by name.
pub(in crate::catalog) async fn live_brands(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<Vec<Brand>> {
    let rows = brands::table
        .filter(brands::store_id.eq(store).and(brands::archived_at.is_null()))
        .order((brands::name, brands::id))
        .select(BrandRow::as_select())
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(Brand::from).collect())
}

pub(in crate::catalog) async fn brands_by_ids(
    connection: &mut AsyncPgConnection,
    ids: &[BrandId],
) -> QueryResult<Vec<Brand>> {
    let rows = brands::table.filter(brands::id.eq_any(ids)).select(BrandRow::as_select()).load(connection).await?;
    Ok(rows.into_iter().map(Brand::from).collect())
}

pub(in crate::catalog) async fn active_products_of_brand(
    connection: &mut AsyncPgConnection,
    id: BrandId,
) -> QueryResult<i64> {
    let active = products::table.filter(products::brand_id.eq(id).and(products::status.eq("active")));
    active.count().get_result(connection).await
}

impl From<&Brand> for BrandRow {
    fn from(brand: &Brand) -> Self {
        Self {
            id: brand.id,
            store_id: brand.store_id,
            slug: brand.slug.to_string(),
            name: brand.name.to_string(),
            version: brand.version,
            archived_at: brand.archived_at,
            created_at: brand.created_at,
            updated_at: brand.updated_at,
        }
    }
}

impl From<BrandRow> for Brand {
    fn from(row: BrandRow) -> Self {
        Self {
            id: row.id,
            store_id: row.store_id,
            slug: Slug::stored(&row.slug),
            name: Title::stored(&row.name),
            version: row.version,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
