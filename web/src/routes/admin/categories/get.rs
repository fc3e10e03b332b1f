//! `GET /api/v1/admin/categories/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{CategoryId, StoreId};

use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::{Admin, Query, Segment};
use crate::state::State;

/// One category, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/categories/{id}",
    tag = "admin: categories",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = CategoryView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<CategoryId>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let category = state.engine.catalog().category(StoreId::MAIN, id).await?;
    Ok(CategoryView::from(category).ok())
}
