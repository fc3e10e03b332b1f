//! `GET /api/v1/cart`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::view::{CartView, owner, respond};
use crate::error::ApiError;
use crate::extract::{Principal, Query};
use crate::middleware::Arrival;
use crate::state::State;

/// Your cart, with what it is worth now. Lines that cannot be bought any more are marked.
#[utoipa::path(
    get,
    path = "/api/v1/cart",
    tag = "cart",
    security(("guest" = [])),
    responses((status = 200, body = CartView))
)]
pub(super) async fn handler(
    principal: Principal,
    arrival: Arrival,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let contents = state.engine.cart().view(owner(principal)).await?;
    respond(&state, contents, arrival.now).await
}
