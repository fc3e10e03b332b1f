//! `GET /api/v1/admin/tax-classes/{code}`

use actix_web::HttpResponse;
use engine::catalog::Code;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::extract::needs::SettingsRead;
use crate::routes::admin::thing::{Look, ok};

/// One tax class, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/tax-classes/{code}",
    tag = "admin: tax classes",
    security(("account" = ["settings:read"]), ("key" = ["settings:read"])),
    params(("code" = String, Path)),
    responses((status = 200, body = TaxClassView))
)]
pub(super) async fn handler(look: Look<SettingsRead, Code>) -> Result<HttpResponse, ApiError> {
    let class = look.catalog().tax_class(look.staff.store, look.id.clone()).await?;
    Ok(ok(&TaxClassView::from(class)))
}
