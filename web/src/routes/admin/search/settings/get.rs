//! `GET /api/v1/admin/search/settings`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::view::SettingsView;
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::extract::{Query, Staff};
use crate::state::State;

/// In which language the shop is searched, and what counts how much in the order of results.
#[utoipa::path(
    get,
    path = "/api/v1/admin/search/settings",
    tag = "admin: search",
    security(("account" = ["search:read"]), ("key" = ["search:read"])),
    responses((status = 200, body = SettingsView))
)]
pub(super) async fn handler(
    staff: Staff<SearchRead>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    Ok(SettingsView::from(state.search.tuning(staff.store).await?).ok())
}
