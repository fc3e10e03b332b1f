//! `POST /api/v1/admin/products/{id}/archive`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{ProductId, StoreId};

use super::view::{ProductView, expected};
use crate::error::ApiError;
use crate::extract::{Admin, IfMatch, NoFields, OptionalBody, Query, Segment};
use crate::state::State;

/// Takes a product out of the assortment. It is kept for the orders that have it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/products/{id}/archive",
    tag = "admin: products",
    security(("admin" = [])),
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the ETag you read, or *")),
    responses((status = 200, body = ProductView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<ProductId>,
    version: IfMatch,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let expected = expected(&state, id, version).await?;
    let product = state.engine.catalog().archive_product(StoreId::MAIN, id, expected).await?;
    Ok(ProductView::from(product).ok())
}
