//! `POST /api/v1/admin/locations/{id}/archive`

use actix_web::HttpResponse;
use engine::id::LocationId;

use super::view::LocationView;
use crate::error::ApiError;
use crate::extract::needs::SettingsWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Takes a location out of use. Refused while something is in stock there, and for the one that is sold from.
#[utoipa::path(
    post,
    path = "/api/v1/admin/locations/{id}/archive",
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
    let location = change.catalog().archive_location(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&LocationView::from(location)))
}
