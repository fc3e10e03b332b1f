//! Offers as one joined row.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId, VariantId};
use crate::postgres::schema::{products, tax_classes, variants};
use crate::pricing::UnitPrice;

use super::super::name::{Sku, Slug, Title};
use super::super::offer::{Offer, PurchaseLimit, title_of};
use super::row;

/// The offers of those of `skus` that the store has, in no order.
pub(in crate::catalog) async fn offers_by_sku(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    skus: &[&str],
) -> QueryResult<Vec<Offer>> {
    let rows: Vec<OfferRow> =
        offers!().filter(variants::store_id.eq(store)).filter(variants::sku.eq_any(skus)).load(connection).await?;
    rows.into_iter().map(OfferRow::into_offer).collect()
}

/// The offers of those of `ids` that there are, in no order.
pub(in crate::catalog) async fn offers_by_variant(
    connection: &mut AsyncPgConnection,
    ids: &[VariantId],
) -> QueryResult<Vec<Offer>> {
    let rows: Vec<OfferRow> = offers!().filter(variants::id.eq_any(ids)).load(connection).await?;
    rows.into_iter().map(OfferRow::into_offer).collect()
}

/// The join that both look-ups begin with; its type is nothing a person wants to write down.
macro_rules! offers {
    () => {
        variants::table
            .inner_join(products::table)
            .inner_join(
                tax_classes::table
                    .on(tax_classes::store_id.eq(variants::store_id).and(tax_classes::code.eq(variants::tax_class))),
            )
            .select((
                (
                    variants::id,
                    variants::store_id,
                    variants::product_id,
                    products::slug,
                    products::title,
                    variants::sku,
                ),
                (variants::attributes, variants::currency, variants::mrp_minor, variants::price_minor),
                (variants::sale_price_minor, variants::sale_starts_at, variants::sale_ends_at),
                (tax_classes::code, tax_classes::rate_bp, tax_classes::inclusive),
                (variants::weight_grams, variants::on_sale_from, variants::purchase_limit),
                (variants::purchase_limit_window_s, variants::hold_ttl_s, variants::archived_at),
                (products::status, products::availability_policy),
            ))
    };
}
use offers;

#[derive(Queryable)]
struct OfferRow {
    name: (VariantId, StoreId, ProductId, String, String, String),
    price: (Value, String, i64, i64),
    sale: (Option<i64>, Option<Timestamp>, Option<Timestamp>),
    tax: (String, i32, bool),
    limits: (i64, Option<Timestamp>, Option<i64>),
    rest: (Option<i64>, Option<i64>, Option<Timestamp>),
    product: (String, String),
}

impl OfferRow {
    fn into_offer(self) -> QueryResult<Offer> {
        let (variant_id, store_id, product_id, product_slug, product_title, sku) = self.name;
        let (attributes, currency, mrp_minor, price_minor) = self.price;
        let (tax_class, rate_bp, inclusive) = self.tax;
        let (weight_grams, on_sale_from, limit) = self.limits;
        let (window_s, hold_ttl_s, archived_at) = self.rest;
        let (status, availability) = self.product;
        let attributes = row::attributes(attributes)?;
        Ok(Offer {
            variant_id,
            store_id,
            product_id,
            product_slug: Slug::stored(&product_slug),
            sku: Sku::stored(&sku),
            title: title_of(&Title::stored(&product_title), &attributes),
            attributes,
            price: UnitPrice {
                currency: row::currency(&currency)?,
                mrp_minor,
                price_minor,
                sale: row::sale(self.sale),
                tax: row::tax_rate(rate_bp, inclusive)?,
            },
            tax_class,
            weight_grams,
            on_sale_from,
            purchase_limit: limit.map(|max| PurchaseLimit { max, window_s }),
            hold_ttl_s,
            sellable: status == "active" && archived_at.is_none(),
            availability: availability.parse().map_err(row::damaged)?,
        })
    }
}
