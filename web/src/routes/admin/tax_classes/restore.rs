//! `POST /api/v1/admin/tax-classes/{code}/restore`

use actix_web::HttpResponse;
use engine::catalog::Code;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::extract::needs::SettingsWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Puts an archived tax class back.
#[utoipa::path(
    post,
    path = "/api/v1/admin/tax-classes/{code}/restore",
    tag = "admin: tax classes",
    security(("account" = ["settings:write"]), ("key" = ["settings:write"])),
    params(
        ("code" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = TaxClassView))
)]
pub(super) async fn handler(
    change: Change<SettingsWrite, Code>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let class = change.catalog().restore_tax_class(change.staff.store, change.id.clone(), change.expected).await?;
    Ok(ok(&TaxClassView::from(class)))
}
