//! `GET /api/v1/admin/brands/{id}`

use actix_web::HttpResponse;
use engine::id::{BrandId, StoreId};

use super::view::BrandView;
use crate::error::ApiError;
use crate::routes::admin::thing::{Look, ok};

/// One brand, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/brands/{id}",
    tag = "admin: brands",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = BrandView))
)]
pub(super) async fn handler(look: Look<BrandId>) -> Result<HttpResponse, ApiError> {
    let brand = look.catalog().brand(StoreId::MAIN, look.id).await?;
    Ok(ok(&BrandView::from(brand)))
}
