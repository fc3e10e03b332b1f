//! `GET /api/v1/admin/shipping`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::view::ShippingView;
use crate::error::ApiError;
use crate::extract::needs::SettingsRead;
use crate::extract::{Query, Staff};
use crate::state::State;

/// What shipping costs.
#[utoipa::path(
    get,
    path = "/api/v1/admin/shipping",
    tag = "admin: shipping",
    security(("account" = ["settings:read"]), ("key" = ["settings:read"])),
    responses((status = 200, body = ShippingView))
)]
pub(super) async fn handler(
    staff: Staff<SettingsRead>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let shipping = state.engine.catalog().shipping(staff.store).await?;
    Ok(ShippingView::from(shipping).ok())
}
