//! `GET /api/v1/admin/categories/{id}`

use actix_web::HttpResponse;
use engine::id::{CategoryId, StoreId};

use super::view::CategoryView;
use crate::error::ApiError;
use crate::routes::admin::thing::{Look, ok};

/// One category, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/categories/{id}",
    tag = "admin: categories",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = CategoryView))
)]
pub(super) async fn handler(look: Look<CategoryId>) -> Result<HttpResponse, ApiError> {
    let category = look.catalog().category(StoreId::MAIN, look.id).await?;
    Ok(ok(&CategoryView::from(category)))
}
