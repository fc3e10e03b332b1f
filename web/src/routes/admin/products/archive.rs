//! `POST /api/v1/admin/products/{id}/archive`

use actix_web::HttpResponse;
use engine::id::ProductId;

use super::view::ProductView;
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Takes a product out of the assortment. It is kept for the orders that have it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/products/{id}/archive",
    tag = "admin: products",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = ProductView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, ProductId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let product = change.catalog().archive_product(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&ProductView::from(product)))
}
