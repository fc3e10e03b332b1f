//! `POST /api/v1/admin/products/{id}/variants`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{ProductId, StoreId};

use crate::error::ApiError;
use crate::extract::{Admin, Body, Query, Segment};
use crate::routes::admin::thing::created;
use crate::routes::admin::variants::{VariantFields, VariantView};
use crate::state::State;

/// Gives a product another variant.
#[utoipa::path(
    post,
    path = "/api/v1/admin/products/{id}/variants",
    tag = "admin: products",
    security(("admin" = [])),
    params(("id" = String, Path)),
    request_body = VariantFields,
    responses((status = 201, body = VariantView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<ProductId>,
    _: Query<()>,
    body: Body<VariantFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let variant = state.engine.catalog().create_variant(StoreId::MAIN, id, body.value.into_draft()).await?;
    Ok(created(&VariantView::from(variant)))
}
