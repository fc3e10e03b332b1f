//! `GET /api/v1/admin/products/{id}`

use actix_web::HttpResponse;
use engine::id::ProductId;

use super::view::ProductView;
use crate::error::ApiError;
use crate::extract::needs::CatalogRead;
use crate::routes::admin::thing::{Look, ok};

/// One product with its variants, in whatever state.
#[utoipa::path(
    get,
    path = "/api/v1/admin/products/{id}",
    tag = "admin: products",
    security(("account" = ["catalog:read"]), ("key" = ["catalog:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = ProductView))
)]
pub(super) async fn handler(look: Look<CatalogRead, ProductId>) -> Result<HttpResponse, ApiError> {
    let product = look.catalog().product(look.staff.store, look.id).await?;
    Ok(ok(&ProductView::from(product)))
}
