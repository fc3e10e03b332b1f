//! `POST /api/v1/admin/locations/{id}/restore`

use actix_web::HttpResponse;
use engine::id::LocationId;

use super::view::LocationView;
use crate::error::ApiError;
use crate::extract::needs::SettingsWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Puts an archived location back.
#[utoipa::path(
    post,
    path = "/api/v1/admin/locations/{id}/restore",
    tag = "admin: locations",
    security(("account" = ["settings:write"]), ("key" = ["settings:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = LocationView))
)]
pub(super) async fn handler(
    change: Change<SettingsWrite, LocationId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let location = change.catalog().restore_location(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&LocationView::from(location)))
}
