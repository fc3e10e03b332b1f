//! `POST /api/v1/admin/categories/{id}/archive`

use actix_web::HttpResponse;
use engine::id::CategoryId;

use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Takes a category out of the public tree. Refused while something that is not archived hangs on it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/categories/{id}/archive",
    tag = "admin: categories",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = CategoryView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, CategoryId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let category = change.catalog().archive_category(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&CategoryView::from(category)))
}
