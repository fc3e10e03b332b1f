//! `POST /api/v1/admin/locations`

use actix_web::HttpResponse;
use engine::catalog::LocationDraft;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::LocationView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SettingsWrite;
use crate::routes::admin::thing::{Create, created};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LocationDraft)]
pub(super) struct Request {
    /// What files and stock changes call it.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "warehouse-2")]
    code: String,
    #[schema(min_length = 1, max_length = 300)]
    name: String,
}

/// Makes a location.
#[utoipa::path(
    post,
    path = "/api/v1/admin/locations",
    tag = "admin: locations",
    security(("account" = ["settings:write"]), ("key" = ["settings:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 201, body = LocationView))
)]
pub(super) async fn handler(create: Create<SettingsWrite>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Request { code, name } = body.value;
    let draft = LocationDraft { code, name };
    let keyed = create.keyed::<_, LocationView>("POST /admin/locations", &body.raw);
    created::<_, LocationView>(create.catalog().make_location(create.staff.store, draft, keyed).await?)
}
