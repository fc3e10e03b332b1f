//! Many rows in one statement. They go as one JSON document that PostgreSQL reads as rows of the table: one parameter,
//! whatever the columns, and no limit on the number of rows.

use std::collections::HashMap;

use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::Jsonb;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use crate::id::{ProductId, StoreId, VariantId};
use crate::postgres::schema::{products, variants};

use super::super::name::Sku;
use super::super::product::Product;
use super::super::variant::Variant;

/// The products with these slugs or ids, locked in the order of their ids.
pub(in crate::catalog) async fn products_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    slugs: &[String],
    ids: &[ProductId],
) -> QueryResult<Vec<Product>> {
    let wanted: Vec<ProductId> = products::table
        .filter(products::store_id.eq(store))
        .filter(products::slug.eq_any(slugs).or(products::id.eq_any(ids)))
        .order(products::id)
        .for_no_key_update()
        .select(products::id)
        .load(connection)
        .await?;
    super::products_by_ids(connection, store, &wanted).await
}

/// The variants with these SKUs, locked in the order of their ids.
pub(in crate::catalog) async fn variants_by_sku_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    skus: &[&str],
) -> QueryResult<Vec<Variant>> {
    let wanted: Vec<VariantId> = variants::table
        .filter(variants::store_id.eq(store).and(variants::sku.eq_any(skus)))
        .order(variants::id)
        .for_no_key_update()
        .select(variants::id)
        .load(connection)
        .await?;
    super::variants_by_ids(connection, &wanted).await
}

/// Behind the last variant of each of these products.
pub(in crate::catalog) async fn next_positions(
    connection: &mut AsyncPgConnection,
    ids: &[ProductId],
) -> QueryResult<HashMap<ProductId, i32>> {
    let last: Vec<(ProductId, Option<i32>)> = variants::table
        .filter(variants::product_id.eq_any(ids))
        .group_by(variants::product_id)
        .select((variants::product_id, max(variants::position)))
        .load(connection)
        .await?;
    Ok(last.into_iter().map(|(product, last)| (product, last.map_or(0, |last| last.saturating_add(1)))).collect())
}

pub(in crate::catalog) async fn skus_by_product(
    connection: &mut AsyncPgConnection,
    ids: &[ProductId],
) -> QueryResult<HashMap<ProductId, Vec<Sku>>> {
    let rows: Vec<(ProductId, String)> = variants::table
        .filter(variants::product_id.eq_any(ids))
        .select((variants::product_id, variants::sku))
        .load(connection)
        .await?;
    let mut skus: HashMap<ProductId, Vec<Sku>> = HashMap::new();
    for (product, sku) in rows {
        skus.entry(product).or_default().push(Sku::stored(&sku));
    }
    Ok(skus)
}

/// Inserts what is new by its id and rewrites what is not.
pub(in crate::catalog) async fn upsert_products(
    connection: &mut AsyncPgConnection,
    products: &[Product],
) -> QueryResult<()> {
    if products.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = products
        .iter()
        .map(|product| {
            json!({
                "id": product.id.uuid(),
                "store_id": product.store_id.uuid(),
                "slug": product.slug,
                "title": product.title,
                "description": product.description,
                "brand_id": product.brand_id.map(|id| id.uuid()),
                "category_id": product.category_id.map(|id| id.uuid()),
                "specs": product.specs,
                "media": product.media,
                "tags": product.tags,
                "status": product.status.as_str(),
                "availability_policy": product.availability.as_str(),
                "version": product.version,
                "created_at": product.created_at,
                "updated_at": product.updated_at,
            })
        })
        .collect();
    diesel::sql_query(
        "insert into products
         select * from jsonb_populate_recordset(null::products, $1)
         on conflict (id) do update set
             slug = excluded.slug, title = excluded.title, description = excluded.description,
             brand_id = excluded.brand_id, category_id = excluded.category_id, specs = excluded.specs,
             media = excluded.media, tags = excluded.tags, status = excluded.status,
             availability_policy = excluded.availability_policy, version = excluded.version,
             updated_at = excluded.updated_at",
    )
    .bind::<Jsonb, _>(Value::Array(rows))
    .execute(connection)
    .await?;
    Ok(())
}

/// Inserts what is new by its id and rewrites what is not.
pub(in crate::catalog) async fn upsert_variants(
    connection: &mut AsyncPgConnection,
    variants: &[Variant],
) -> QueryResult<()> {
    if variants.is_empty() {
        return Ok(());
    }
    let rows: Vec<Value> = variants
        .iter()
        .map(|variant| {
            let sale = variant.price.sale;
            json!({
                "id": variant.id.uuid(),
                "store_id": variant.store_id.uuid(),
                "product_id": variant.product_id.uuid(),
                "sku": variant.sku,
                "attributes": variant.attributes,
                "barcode": variant.barcode,
                "currency": variant.price.currency,
                "mrp_minor": variant.price.mrp_minor,
                "price_minor": variant.price.price_minor,
                "sale_price_minor": sale.map(|sale| sale.price_minor),
                "sale_starts_at": sale.and_then(|sale| sale.starts_at),
                "sale_ends_at": sale.and_then(|sale| sale.ends_at),
                "tax_class": variant.tax_class,
                "weight_grams": variant.weight_grams,
                "on_sale_from": variant.on_sale_from,
                "purchase_limit": variant.purchase_limit.map(|limit| limit.max),
                "purchase_limit_window_s": variant.purchase_limit.and_then(|limit| limit.window_s),
                "hold_ttl_s": variant.hold_ttl_s,
                "position": variant.position,
                "version": variant.version,
                "archived_at": variant.archived_at,
                "created_at": variant.created_at,
                "updated_at": variant.updated_at,
            })
        })
        .collect();
    diesel::sql_query(
        "insert into variants
         select * from jsonb_populate_recordset(null::variants, $1)
         on conflict (id) do update set
             sku = excluded.sku, attributes = excluded.attributes, barcode = excluded.barcode,
             currency = excluded.currency, mrp_minor = excluded.mrp_minor, price_minor = excluded.price_minor,
             sale_price_minor = excluded.sale_price_minor, sale_starts_at = excluded.sale_starts_at,
             sale_ends_at = excluded.sale_ends_at, tax_class = excluded.tax_class,
             weight_grams = excluded.weight_grams, on_sale_from = excluded.on_sale_from,
             purchase_limit = excluded.purchase_limit, purchase_limit_window_s = excluded.purchase_limit_window_s,
             hold_ttl_s = excluded.hold_ttl_s, position = excluded.position, version = excluded.version,
             archived_at = excluded.archived_at, updated_at = excluded.updated_at",
    )
    .bind::<Jsonb, _>(Value::Array(rows))
    .execute(connection)
    .await?;
    Ok(())
}
