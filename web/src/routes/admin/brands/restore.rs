//! `POST /api/v1/admin/brands/{id}/restore`

use actix_web::HttpResponse;
use engine::id::BrandId;

use super::view::BrandView;
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Puts an archived brand back.
#[utoipa::path(
    post,
    path = "/api/v1/admin/brands/{id}/restore",
    tag = "admin: brands",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = BrandView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, BrandId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let brand = change.catalog().restore_brand(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&BrandView::from(brand)))
}
