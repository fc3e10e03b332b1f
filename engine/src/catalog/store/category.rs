//! Categories and their tree.

use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::{CategoryId, StoreId};
use crate::postgres::schema::{categories, products, stores};

use super::super::attribute::{AttributeDefinition, effective};
use super::super::category::Category;
use super::super::name::{Slug, Title};
use super::row;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = categories, treat_none_as_null = true)]
struct CategoryRow {
    id: CategoryId,
    store_id: StoreId,
    parent_id: Option<CategoryId>,
    slug: String,
    name: String,
    path: String,
    position: i32,
    attributes: Value,
    version: i64,
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Changes of one store's tree wait for each other here: two moves at once could close a circle that neither sees.
pub(in crate::catalog) async fn lock_tree(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<()> {
    stores::table.find(store).select(stores::id).for_no_key_update().first::<StoreId>(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn insert_category(
    connection: &mut AsyncPgConnection,
    category: &Category,
) -> QueryResult<()> {
    diesel::insert_into(categories::table).values(CategoryRow::from(category)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn update_category(
    connection: &mut AsyncPgConnection,
    category: &Category,
) -> QueryResult<()> {
    diesel::update(categories::table.find(category.id)).set(CategoryRow::from(category)).execute(connection).await?;
    Ok(())
}

/// Puts everything below `from` below `to`, and says what that was.
pub(in crate::catalog) async fn move_below(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    from: &str,
    to: &str,
    now: Timestamp,
) -> QueryResult<Vec<CategoryId>> {
    #[derive(QueryableByName)]
    struct Moved {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: CategoryId,
    }
    let moved: Vec<Moved> = diesel::sql_query(
        "update categories set path = $3 || substr(path, length($2) + 1), version = version + 1, updated_at = $4
         where store_id = $1 and path like $2 || '/%'
         returning id",
    )
    .bind::<diesel::sql_types::Uuid, _>(store)
    .bind::<Text, _>(from)
    .bind::<Text, _>(to)
    .bind::<Timestamptz, _>(now)
    .load(connection)
    .await?;
    Ok(moved.into_iter().map(|row| row.id).collect())
}

pub(in crate::catalog) async fn category(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: CategoryId,
) -> QueryResult<Option<Category>> {
    let row = categories::table.find(id).filter(categories::store_id.eq(store)).select(CategoryRow::as_select());
    row.first(connection).await.optional()?.map(Category::try_from).transpose()
}

pub(in crate::catalog) async fn category_by_slug(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    slug: &str,
) -> QueryResult<Option<Category>> {
    let row = categories::table.filter(categories::store_id.eq(store).and(categories::slug.eq(slug)));
    row.select(CategoryRow::as_select()).first(connection).await.optional()?.map(Category::try_from).transpose()
}

/// All of a store's categories, siblings in their order.
pub(in crate::catalog) async fn categories(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<Vec<Category>> {
    let rows = categories::table
        .filter(categories::store_id.eq(store))
        .order((categories::position, categories::name, categories::id))
        .select(CategoryRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(Category::try_from).collect()
}

/// By id, those after `after`, archived ones too.
pub(in crate::catalog) async fn categories_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<CategoryId>,
    limit: i64,
) -> QueryResult<Vec<Category>> {
    let mut query = categories::table.filter(categories::store_id.eq(store)).into_boxed();
    if let Some(after) = after {
        query = query.filter(categories::id.gt(after));
    }
    let rows = query.order(categories::id).limit(limit).select(CategoryRow::as_select()).load(connection).await?;
    rows.into_iter().map(Category::try_from).collect()
}

/// Those of `paths` that there are, from the root on.
pub(in crate::catalog) async fn categories_at(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    paths: &[&str],
) -> QueryResult<Vec<Category>> {
    let mut found = categories::table
        .filter(categories::store_id.eq(store).and(categories::path.eq_any(paths)))
        .select(CategoryRow::as_select())
        .load(connection)
        .await?
        .into_iter()
        .map(Category::try_from)
        .collect::<QueryResult<Vec<_>>>()?;
    found.sort_by_key(|category| category.path.len());
    Ok(found)
}

pub(in crate::catalog) async fn categories_by_ids(
    connection: &mut AsyncPgConnection,
    ids: &[CategoryId],
) -> QueryResult<Vec<Category>> {
    let rows =
        categories::table.filter(categories::id.eq_any(ids)).select(CategoryRow::as_select()).load(connection).await?;
    rows.into_iter().map(Category::try_from).collect()
}

/// Those that are not archived, in their order.
pub(in crate::catalog) async fn children_of(
    connection: &mut AsyncPgConnection,
    parent: CategoryId,
) -> QueryResult<Vec<Category>> {
    let rows = categories::table
        .filter(categories::parent_id.eq(parent).and(categories::archived_at.is_null()))
        .order((categories::position, categories::name, categories::id))
        .select(CategoryRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(Category::try_from).collect()
}

/// The attribute definitions that hold in a category.
pub(in crate::catalog) async fn definitions_in(
    connection: &mut AsyncPgConnection,
    category: &Category,
) -> QueryResult<Vec<AttributeDefinition>> {
    let levels = categories_at(connection, category.store_id, &Category::paths(&category.path)).await?;
    Ok(effective(levels.into_iter().map(|category| category.attributes)))
}

/// How many levels hang below `path`.
pub(in crate::catalog) async fn levels_below(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    path: &str,
) -> QueryResult<usize> {
    let below: Vec<String> = categories::table
        .filter(categories::store_id.eq(store).and(categories::path.like(format!("{path}/%"))))
        .select(categories::path)
        .load(connection)
        .await?;
    Ok(below.iter().map(|below| below[path.len()..].matches('/').count()).max().unwrap_or(0))
}

/// Children that are not archived, and products that are active.
pub(in crate::catalog) async fn in_category(
    connection: &mut AsyncPgConnection,
    id: CategoryId,
) -> QueryResult<(i64, i64)> {
    let children = categories::table.filter(categories::parent_id.eq(id).and(categories::archived_at.is_null()));
    let products = products::table.filter(products::category_id.eq(id).and(products::status.eq("active")));
    Ok((children.count().get_result(connection).await?, products.count().get_result(connection).await?))
}

impl From<&Category> for CategoryRow {
    fn from(category: &Category) -> Self {
        Self {
            id: category.id,
            store_id: category.store_id,
            parent_id: category.parent_id,
            slug: category.slug.to_string(),
            name: category.name.to_string(),
            path: category.path.clone(),
            position: category.position,
            attributes: serde_json::to_value(&category.attributes).expect("definitions are plain data"),
            version: category.version,
            archived_at: category.archived_at,
            created_at: category.created_at,
            updated_at: category.updated_at,
        }
    }
}

impl TryFrom<CategoryRow> for Category {
    type Error = diesel::result::Error;

    fn try_from(row: CategoryRow) -> QueryResult<Self> {
        Ok(Self {
            id: row.id,
            store_id: row.store_id,
            parent_id: row.parent_id,
            slug: Slug::stored(&row.slug),
            name: Title::stored(&row.name),
            path: row.path,
            position: row.position,
            attributes: row::json(row.attributes)?,
            version: row.version,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
