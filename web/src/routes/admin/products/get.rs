//! `GET /api/v1/admin/products/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::{ProductId, StoreId};

use super::view::ProductView;
use crate::error::ApiError;
use crate::extract::{Admin, Query, Segment};
use crate::state::State;

/// One product with its variants, in whatever state.
#[utoipa::path(
    get,
    path = "/api/v1/admin/products/{id}",
    tag = "admin: products",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = ProductView))
)]
pub(super) async fn handler(
    _: Admin,
    Segment(id): Segment<ProductId>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let product = state.engine.catalog().product(StoreId::MAIN, id).await?;
    Ok(ProductView::from(product).ok())
}
