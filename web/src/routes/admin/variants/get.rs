//! `GET /api/v1/admin/variants/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{StoreId, VariantId};

use super::view::VariantView;
use crate::error::ApiError;
use crate::extract::{Admin, Query, Segment};
use crate::state::State;

/// One variant, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/variants/{id}",
    tag = "admin: variants",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = VariantView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<VariantId>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let variant = state.engine.catalog().variant(StoreId::MAIN, id).await?;
    Ok(VariantView::from(variant).ok())
}
