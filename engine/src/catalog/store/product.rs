//! Products.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::{BrandId, CategoryId, ProductId, SellerId, StoreId};
use crate::postgres::schema::products;

use super::super::name::{Slug, Title};
use super::super::product::{Product, ProductStatus};
use super::row;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = products, treat_none_as_null = true)]
struct ProductRow {
    id: ProductId,
    store_id: StoreId,
    slug: String,
    title: String,
    description: String,
    brand_id: Option<BrandId>,
    category_id: Option<CategoryId>,
    seller_id: Option<SellerId>,
    specs: Value,
    media: Value,
    tags: Vec<String>,
    status: String,
    availability_policy: String,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(in crate::catalog) async fn insert_product(
    connection: &mut AsyncPgConnection,
    product: &Product,
) -> QueryResult<()> {
    diesel::insert_into(products::table).values(ProductRow::from(product)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn update_product(
    connection: &mut AsyncPgConnection,
    product: &Product,
) -> QueryResult<()> {
    diesel::update(products::table.find(product.id)).set(ProductRow::from(product)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn product(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ProductId,
) -> QueryResult<Option<Product>> {
    let row = products::table.find(id).filter(products::store_id.eq(store)).select(ProductRow::as_select());
    row.first(connection).await.optional()?.map(Product::try_from).transpose()
}

pub(in crate::catalog) async fn product_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ProductId,
) -> QueryResult<Option<Product>> {
    let row = products::table.find(id).filter(products::store_id.eq(store)).for_no_key_update();
    row.select(ProductRow::as_select()).first(connection).await.optional()?.map(Product::try_from).transpose()
}

pub(in crate::catalog) async fn product_by_slug(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    slug: &str,
) -> QueryResult<Option<Product>> {
    let row = products::table.filter(products::store_id.eq(store).and(products::slug.eq(slug)));
    row.select(ProductRow::as_select()).first(connection).await.optional()?.map(Product::try_from).transpose()
}

/// By id, those after `after`; only those in `status`, if one is given.
pub(in crate::catalog) async fn products_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    status: Option<ProductStatus>,
    after: Option<ProductId>,
    limit: i64,
) -> QueryResult<Vec<Product>> {
    let mut query = products::table.filter(products::store_id.eq(store)).into_boxed();
    if let Some(status) = status {
        query = query.filter(products::status.eq(status.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(products::id.gt(after));
    }
    let rows = query.order(products::id).limit(limit).select(ProductRow::as_select()).load(connection).await?;
    rows.into_iter().map(Product::try_from).collect()
}

/// A seller's, by id, those after `after`.
pub(in crate::catalog) async fn products_of_seller_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    seller: SellerId,
    after: Option<ProductId>,
    limit: i64,
) -> QueryResult<Vec<Product>> {
    let own = products::store_id.eq(store).and(products::seller_id.eq(seller));
    let mut query = products::table.filter(own).into_boxed();
    if let Some(after) = after {
        query = query.filter(products::id.gt(after));
    }
    let rows = query.order(products::id).limit(limit).select(ProductRow::as_select()).load(connection).await?;
    rows.into_iter().map(Product::try_from).collect()
}

/// Which of the slugs that begin with `slug` are taken.
pub(in crate::catalog) async fn slugs_like(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    slug: &Slug,
) -> QueryResult<Vec<String>> {
    products::table
        .filter(products::store_id.eq(store))
        .filter(products::slug.eq(slug.as_str()).or(products::slug.like(format!("{slug}-%"))))
        .select(products::slug)
        .load(connection)
        .await
}

pub(in crate::catalog) async fn products_by_ids(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    ids: &[ProductId],
) -> QueryResult<Vec<Product>> {
    let rows = products::table
        .filter(products::store_id.eq(store).and(products::id.eq_any(ids)))
        .order(products::id)
        .select(ProductRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(Product::try_from).collect()
}

/// The products in a category (not below it) or of a brand, by id, those after `after`.
pub(in crate::catalog) async fn product_ids_of(
    connection: &mut AsyncPgConnection,
    categories: &[CategoryId],
    brands: &[BrandId],
    after: Option<ProductId>,
    limit: i64,
) -> QueryResult<Vec<ProductId>> {
    let mut query = products::table
        .filter(products::category_id.eq_any(categories).or(products::brand_id.eq_any(brands)))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(products::id.gt(after));
    }
    query.order(products::id).limit(limit).select(products::id).load(connection).await
}

impl From<&Product> for ProductRow {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id,
            store_id: product.store_id,
            slug: product.slug.to_string(),
            title: product.title.to_string(),
            description: product.description.clone(),
            brand_id: product.brand_id,
            category_id: product.category_id,
            seller_id: product.seller_id,
            specs: Value::Object(product.specs.clone()),
            media: serde_json::to_value(&product.media).expect("media are plain data"),
            tags: product.tags.clone(),
            status: product.status.as_str().to_owned(),
            availability_policy: product.availability.as_str().to_owned(),
            version: product.version,
            created_at: product.created_at,
            updated_at: product.updated_at,
        }
    }
}

impl TryFrom<ProductRow> for Product {
    type Error = diesel::result::Error;

    fn try_from(row: ProductRow) -> QueryResult<Self> {
        Ok(Self {
            id: row.id,
            store_id: row.store_id,
            slug: Slug::stored(&row.slug),
            title: Title::stored(&row.title),
            description: row.description,
            brand_id: row.brand_id,
            category_id: row.category_id,
            seller_id: row.seller_id,
            specs: row::json(row.specs)?,
            media: row::json(row.media)?,
            tags: row.tags,
            status: row.status.parse().map_err(row::damaged)?,
            availability: row.availability_policy.parse().map_err(row::damaged)?,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
