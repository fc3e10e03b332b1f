//! `GET /api/v1/admin/locations`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::LocationId;

use super::view::LocationView;
use crate::error::ApiError;
use crate::extract::needs::SettingsRead;
use crate::extract::{Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

/// All locations, archived ones too, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/locations",
    tag = "admin: locations",
    security(("account" = ["settings:read"]), ("key" = ["settings:read"])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<LocationView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<SettingsRead>,
    Query(page): Query<After<LocationId>>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.engine.catalog().locations_after(staff.store, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, LocationView::from))
}
