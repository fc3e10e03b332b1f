//! `POST /api/v1/admin/variants/{id}/restore`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{StoreId, VariantId};

use super::view::{VariantView, expected};
use crate::error::ApiError;
use crate::extract::{Admin, IfMatch, NoFields, OptionalBody, Query, Segment};
use crate::state::State;

/// Puts an archived variant back on sale.
#[utoipa::path(
    post,
    path = "/api/v1/admin/variants/{id}/restore",
    tag = "admin: variants",
    security(("admin" = [])),
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the ETag you read, or *")),
    responses((status = 200, body = VariantView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<VariantId>,
    version: IfMatch,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let expected = expected(&state, id, version).await?;
    let variant = state.engine.catalog().restore_variant(StoreId::MAIN, id, expected).await?;
    Ok(VariantView::from(variant).ok())
}
