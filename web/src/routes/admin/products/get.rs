//! `GET /api/v1/admin/products/{id}`

use actix_web::HttpResponse;
use engine::id::{ProductId, StoreId};

use super::view::ProductView;
use crate::error::ApiError;
use crate::routes::admin::thing::{Look, ok};

/// One product with its variants, in whatever state.
#[utoipa::path(
    get,
    path = "/api/v1/admin/products/{id}",
    tag = "admin: products",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = ProductView))
)]
pub(super) async fn handler(look: Look<ProductId>) -> Result<HttpResponse, ApiError> {
    let product = look.catalog().product(StoreId::MAIN, look.id).await?;
    Ok(ok(&ProductView::from(product)))
}
