//! `POST /api/v1/admin/brands/{id}/archive`

use actix_web::HttpResponse;
use engine::id::BrandId;

use super::view::BrandView;
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Takes a brand out. Refused while products that are not archived have it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/brands/{id}/archive",
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
    let brand = change.catalog().archive_brand(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&BrandView::from(brand)))
}
