//! `POST /api/v1/admin/categories/{id}/archive`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{CategoryId, StoreId};

use super::view::{CategoryView, expected};
use crate::error::ApiError;
use crate::extract::{Admin, IfMatch, NoFields, OptionalBody, Query, Segment};
use crate::state::State;

/// Takes a category out of the public tree. Refused while something that is not archived hangs on it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/categories/{id}/archive",
    tag = "admin: categories",
    security(("admin" = [])),
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the ETag you read, or *")),
    responses((status = 200, body = CategoryView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<CategoryId>,
    version: IfMatch,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let expected = expected(&state, id, version).await?;
    let category = state.engine.catalog().archive_category(StoreId::MAIN, id, expected).await?;
    Ok(CategoryView::from(category).ok())
}
