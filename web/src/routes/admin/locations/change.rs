//! `PATCH /api/v1/admin/locations/{id}`

use actix_web::HttpResponse;
use engine::catalog::LocationPatch;
use engine::id::LocationId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::LocationView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SettingsWrite;
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LocationPatch)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    code: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    name: Option<String>,
}

/// Changes a location. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/locations/{id}",
    tag = "admin: locations",
    security(("account" = ["settings:write"]), ("key" = ["settings:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = LocationView))
)]
pub(super) async fn handler(
    change: Change<SettingsWrite, LocationId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let Request { code, name } = body.value;
    let patch = LocationPatch { code, name };
    let location = change.catalog().change_location(change.staff.store, change.id, change.expected, patch).await?;
    Ok(ok(&LocationView::from(location)))
}
