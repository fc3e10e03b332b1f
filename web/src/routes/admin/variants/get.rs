//! `GET /api/v1/admin/variants/{id}`

use actix_web::HttpResponse;
use engine::id::VariantId;

use super::view::VariantView;
use crate::error::ApiError;
use crate::extract::needs::CatalogRead;
use crate::routes::admin::thing::{Look, ok};

/// One variant, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/variants/{id}",
    tag = "admin: variants",
    security(("account" = ["catalog:read"]), ("key" = ["catalog:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = VariantView))
)]
pub(super) async fn handler(look: Look<CatalogRead, VariantId>) -> Result<HttpResponse, ApiError> {
    let variant = look.catalog().variant(look.staff.store, look.id).await?;
    Ok(ok(&VariantView::from(variant)))
}
