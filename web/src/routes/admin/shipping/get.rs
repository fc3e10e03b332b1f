//! `GET /api/v1/admin/shipping`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::StoreId;

use super::view::ShippingView;
use crate::error::ApiError;
use crate::extract::{Admin, Query};
use crate::state::State;

/// What shipping costs.
#[utoipa::path(
    get,
    path = "/api/v1/admin/shipping",
    tag = "admin: shipping",
    security(("admin" = [])),
    responses((status = 200, body = ShippingView))
)]
pub(super) async fn handler(_: Admin, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let shipping = state.engine.catalog().shipping(StoreId::MAIN).await?;
    Ok(ShippingView::from(shipping).ok())
}
