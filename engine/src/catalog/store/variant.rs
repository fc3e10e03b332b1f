//! Variants, with the rate of their tax class.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId, VariantId};
use crate::postgres::schema::{tax_classes, variants};
use crate::pricing::UnitPrice;

use super::super::name::Sku;
use super::super::offer::PurchaseLimit;
use super::super::variant::Variant;
use super::row;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = variants, treat_none_as_null = true)]
struct VariantRow {
    id: VariantId,
    store_id: StoreId,
    product_id: ProductId,
    sku: String,
    attributes: Value,
    barcode: Option<String>,
    currency: String,
    mrp_minor: i64,
    price_minor: i64,
    sale_price_minor: Option<i64>,
    sale_starts_at: Option<Timestamp>,
    sale_ends_at: Option<Timestamp>,
    tax_class: String,
    weight_grams: i64,
    on_sale_from: Option<Timestamp>,
    purchase_limit: Option<i64>,
    purchase_limit_window_s: Option<i64>,
    hold_ttl_s: Option<i64>,
    position: i32,
    version: i64,
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Rate and inclusiveness of the tax class.
type TaxColumns = (i32, bool);

pub(in crate::catalog) async fn insert_variants(
    connection: &mut AsyncPgConnection,
    variants: &[Variant],
) -> QueryResult<()> {
    for variant in variants {
        diesel::insert_into(variants::table).values(VariantRow::from(variant)).execute(connection).await?;
    }
    Ok(())
}

pub(in crate::catalog) async fn update_variant(
    connection: &mut AsyncPgConnection,
    variant: &Variant,
) -> QueryResult<()> {
    diesel::update(variants::table.find(variant.id)).set(VariantRow::from(variant)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn variant(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: VariantId,
) -> QueryResult<Option<Variant>> {
    let row = taxed_variants!().filter(variants::id.eq(id).and(variants::store_id.eq(store)));
    row.first(connection).await.optional()?.map(into_variant).transpose()
}

pub(in crate::catalog) async fn variant_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: VariantId,
) -> QueryResult<Option<Variant>> {
    let locked = variants::table.find(id).filter(variants::store_id.eq(store)).select(variants::id);
    if locked.for_no_key_update().first::<VariantId>(connection).await.optional()?.is_none() {
        return Ok(None);
    }
    variant(connection, store, id).await
}

pub(in crate::catalog) async fn variant_by_sku(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    sku: &str,
) -> QueryResult<Option<Variant>> {
    let row = taxed_variants!().filter(variants::store_id.eq(store).and(variants::sku.eq(sku)));
    row.first(connection).await.optional()?.map(into_variant).transpose()
}

/// All variants of these products, archived ones too, in the order of their products and their own.
pub(in crate::catalog) async fn variants_of(
    connection: &mut AsyncPgConnection,
    products: &[ProductId],
) -> QueryResult<Vec<Variant>> {
    let rows: Vec<(VariantRow, TaxColumns)> = taxed_variants!()
        .filter(variants::product_id.eq_any(products))
        .order((variants::product_id, variants::position, variants::id))
        .load(connection)
        .await?;
    rows.into_iter().map(into_variant).collect()
}

pub(in crate::catalog) async fn variants_by_ids(
    connection: &mut AsyncPgConnection,
    ids: &[VariantId],
) -> QueryResult<Vec<Variant>> {
    let rows: Vec<(VariantRow, TaxColumns)> =
        taxed_variants!().filter(variants::id.eq_any(ids)).load(connection).await?;
    rows.into_iter().map(into_variant).collect()
}

pub(in crate::catalog) async fn skus_of(
    connection: &mut AsyncPgConnection,
    product: ProductId,
) -> QueryResult<Vec<Sku>> {
    let skus: Vec<String> =
        variants::table.filter(variants::product_id.eq(product)).select(variants::sku).load(connection).await?;
    Ok(skus.iter().map(|sku| Sku::stored(sku)).collect())
}

/// Which of these SKUs the store has already, and whose they are.
pub(in crate::catalog) async fn taken_skus(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    skus: &[&str],
) -> QueryResult<Vec<(String, VariantId)>> {
    variants::table
        .filter(variants::store_id.eq(store).and(variants::sku.eq_any(skus)))
        .select((variants::sku, variants::id))
        .load(connection)
        .await
}

pub(in crate::catalog) async fn live_variants_of(
    connection: &mut AsyncPgConnection,
    product: ProductId,
) -> QueryResult<i64> {
    let live = variants::table.filter(variants::product_id.eq(product).and(variants::archived_at.is_null()));
    live.count().get_result(connection).await
}

macro_rules! taxed_variants {
    () => {
        variants::table
            .inner_join(
                tax_classes::table
                    .on(tax_classes::store_id.eq(variants::store_id).and(tax_classes::code.eq(variants::tax_class))),
            )
            .select((VariantRow::as_select(), (tax_classes::rate_bp, tax_classes::inclusive)))
    };
}
use taxed_variants;

impl From<&Variant> for VariantRow {
    fn from(variant: &Variant) -> Self {
        let sale = variant.price.sale;
        Self {
            id: variant.id,
            store_id: variant.store_id,
            product_id: variant.product_id,
            sku: variant.sku.to_string(),
            attributes: serde_json::to_value(&variant.attributes).expect("attributes are plain data"),
            barcode: variant.barcode.clone(),
            currency: variant.price.currency.to_string(),
            mrp_minor: variant.price.mrp_minor,
            price_minor: variant.price.price_minor,
            sale_price_minor: sale.map(|sale| sale.price_minor),
            sale_starts_at: sale.and_then(|sale| sale.starts_at),
            sale_ends_at: sale.and_then(|sale| sale.ends_at),
            tax_class: variant.tax_class.clone(),
            weight_grams: variant.weight_grams,
            on_sale_from: variant.on_sale_from,
            purchase_limit: variant.purchase_limit.map(|limit| limit.max),
            purchase_limit_window_s: variant.purchase_limit.and_then(|limit| limit.window_s),
            hold_ttl_s: variant.hold_ttl_s,
            position: variant.position,
            version: variant.version,
            archived_at: variant.archived_at,
            created_at: variant.created_at,
            updated_at: variant.updated_at,
        }
    }
}

fn into_variant((row, (rate_bp, inclusive)): (VariantRow, TaxColumns)) -> QueryResult<Variant> {
    Ok(Variant {
        id: row.id,
        store_id: row.store_id,
        product_id: row.product_id,
        sku: Sku::stored(&row.sku),
        attributes: row::attributes(row.attributes)?,
        barcode: row.barcode,
        price: UnitPrice {
            currency: row::currency(&row.currency)?,
            mrp_minor: row.mrp_minor,
            price_minor: row.price_minor,
            sale: row::sale((row.sale_price_minor, row.sale_starts_at, row.sale_ends_at)),
            tax: row::tax_rate(rate_bp, inclusive)?,
        },
        tax_class: row.tax_class,
        weight_grams: row.weight_grams,
        on_sale_from: row.on_sale_from,
        purchase_limit: row.purchase_limit.map(|max| PurchaseLimit { max, window_s: row.purchase_limit_window_s }),
        hold_ttl_s: row.hold_ttl_s,
        position: row.position,
        version: row.version,
        archived_at: row.archived_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}
