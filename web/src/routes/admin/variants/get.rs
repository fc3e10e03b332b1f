//! `GET /api/v1/admin/variants/{id}`

use actix_web::HttpResponse;
use engine::id::{StoreId, VariantId};

use super::view::VariantView;
use crate::error::ApiError;
use crate::routes::admin::thing::{Look, ok};

/// One variant, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/variants/{id}",
    tag = "admin: variants",
    security(("admin" = [])),
    params(("id" = String, Path)),
    responses((status = 200, body = VariantView))
)]
pub(super) async fn handler(look: Look<VariantId>) -> Result<HttpResponse, ApiError> {
    let variant = look.catalog().variant(StoreId::MAIN, look.id).await?;
    Ok(ok(&VariantView::from(variant)))
}
