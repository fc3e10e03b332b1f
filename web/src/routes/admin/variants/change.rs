//! `PATCH /api/v1/admin/variants/{id}`

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use engine::catalog::{Attributes, PurchaseLimit, SaleDraft, VariantPatch};
use engine::id::VariantId;
use engine::money::Money;
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{LimitFields, SaleFields};
use super::view::VariantView;
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{Body, present};
use crate::routes::admin::thing::{Change, ok};
use crate::view::MoneyView;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VariantPatch)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 64)]
    sku: Option<String>,
    /// As a whole.
    #[schema(value_type = Option<Object>)]
    attributes: Option<Attributes>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    barcode: Option<Option<String>>,
    /// `null`: as high as the price.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MoneyView>)]
    mrp: Option<Option<Money>>,
    #[schema(value_type = Option<MoneyView>)]
    price: Option<Money>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<SaleFields>)]
    sale: Option<Option<SaleFields>>,
    tax_class: Option<String>,
    #[schema(minimum = 0)]
    weight_grams: Option<i64>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    on_sale_from: Option<Option<DateTime<Utc>>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<LimitFields>)]
    purchase_limit: Option<Option<LimitFields>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>)]
    hold_ttl_s: Option<Option<i64>>,
    position: Option<i32>,
}

/// Changes a variant. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/variants/{id}",
    tag = "admin: variants",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = VariantView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, VariantId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let patch = {
        let request = body.value;
        VariantPatch {
            sku: request.sku,
            attributes: request.attributes,
            barcode: request.barcode,
            mrp: request.mrp,
            price: request.price,
            sale: request.sale.map(|sale| sale.map(SaleDraft::from)),
            tax_class: request.tax_class,
            weight_grams: request.weight_grams,
            on_sale_from: request.on_sale_from,
            purchase_limit: request.purchase_limit.map(|limit| limit.map(PurchaseLimit::from)),
            hold_ttl_s: request.hold_ttl_s,
            position: request.position,
        }
    };
    let variant = change.catalog().change_variant(change.staff.store, change.id, change.expected, patch).await?;
    Ok(ok(&VariantView::from(variant)))
}
