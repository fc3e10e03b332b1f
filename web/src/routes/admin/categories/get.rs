//! `GET /api/v1/admin/categories/{id}`

use actix_web::HttpResponse;
use engine::id::CategoryId;

use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::needs::CatalogRead;
use crate::routes::admin::thing::{Look, ok};

/// One category, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/categories/{id}",
    tag = "admin: categories",
    security(("account" = ["catalog:read"]), ("key" = ["catalog:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = CategoryView))
)]
pub(super) async fn handler(look: Look<CatalogRead, CategoryId>) -> Result<HttpResponse, ApiError> {
    let category = look.catalog().category(look.staff.store, look.id).await?;
    Ok(ok(&CategoryView::from(category)))
}
