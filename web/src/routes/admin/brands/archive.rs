//! `POST /api/v1/admin/brands/{id}/archive`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{BrandId, StoreId};

use super::view::{BrandView, expected};
use crate::error::ApiError;
use crate::extract::{Admin, IfMatch, NoFields, OptionalBody, Query, Segment};
use crate::state::State;

/// Takes a brand out. Refused while products that are not archived have it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/brands/{id}/archive",
    tag = "admin: brands",
    security(("admin" = [])),
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the ETag you read, or *")),
    responses((status = 200, body = BrandView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<BrandId>,
    version: IfMatch,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let expected = expected(&state, id, version).await?;
    let brand = state.engine.catalog().archive_brand(StoreId::MAIN, id, expected).await?;
    Ok(BrandView::from(brand).ok())
}
