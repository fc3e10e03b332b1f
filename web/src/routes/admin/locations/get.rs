//! `GET /api/v1/admin/locations/{id}`

use actix_web::HttpResponse;
use engine::id::LocationId;

use super::view::LocationView;
use crate::error::ApiError;
use crate::extract::needs::SettingsRead;
use crate::routes::admin::thing::{Look, ok};

/// One location, archived or not.
#[utoipa::path(
    get,
    path = "/api/v1/admin/locations/{id}",
    tag = "admin: locations",
    security(("account" = ["settings:read"]), ("key" = ["settings:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = LocationView))
)]
pub(super) async fn handler(look: Look<SettingsRead, LocationId>) -> Result<HttpResponse, ApiError> {
    let location = look.catalog().location(look.staff.store, look.id).await?;
    Ok(ok(&LocationView::from(location)))
}
