//! `POST /api/v1/admin/variants/{id}/archive`

use actix_web::HttpResponse;
use engine::id::VariantId;

use super::view::VariantView;
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Takes a variant out of sale.
#[utoipa::path(
    post,
    path = "/api/v1/admin/variants/{id}/archive",
    tag = "admin: variants",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = VariantView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, VariantId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let variant = change.catalog().archive_variant(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&VariantView::from(variant)))
}
