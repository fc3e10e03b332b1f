//! `POST /api/v1/admin/variants/{id}/restore`

use actix_web::HttpResponse;
use engine::id::{StoreId, VariantId};

use super::view::VariantView;
use crate::error::ApiError;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Puts an archived variant back on sale.
#[utoipa::path(
    post,
    path = "/api/v1/admin/variants/{id}/restore",
    tag = "admin: variants",
    security(("admin" = [])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header, pattern = r#"^(\*|"[0-9]+")$"#, description = "the ETag you read, or *")
    ),
    responses((status = 200, body = VariantView))
)]
pub(super) async fn handler(change: Change<VariantId>, _: OptionalBody<NoFields>) -> Result<HttpResponse, ApiError> {
    let variant = change.catalog().restore_variant(StoreId::MAIN, change.id, change.expected).await?;
    Ok(ok(&VariantView::from(variant)))
}
