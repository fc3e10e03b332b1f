//! `GET /api/v1/admin/brands/{id}`

use actix_web::HttpResponse;
use engine::id::BrandId;

use super::view::BrandView;
use crate::error::ApiError;
use crate::extract::needs::CatalogRead;
use crate::routes::admin::thing::{Look, ok};

/// One brand, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/brands/{id}",
    tag = "admin: brands",
    security(("account" = ["catalog:read"]), ("key" = ["catalog:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = BrandView))
)]
pub(super) async fn handler(look: Look<CatalogRead, BrandId>) -> Result<HttpResponse, ApiError> {
    let brand = look.catalog().brand(look.staff.store, look.id).await?;
    Ok(ok(&BrandView::from(brand)))
}
