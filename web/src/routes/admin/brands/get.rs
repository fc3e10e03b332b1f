//! `GET /api/v1/admin/brands/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{BrandId, StoreId};

use super::view::BrandView;
use crate::error::ApiError;
use crate::extract::{Admin, Query, Segment};
use crate::state::State;

/// One brand, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/brands/{id}",
    tag = "admin: brands",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = BrandView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<BrandId>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let brand = state.engine.catalog().brand(StoreId::MAIN, id).await?;
    Ok(BrandView::from(brand).ok())
}
