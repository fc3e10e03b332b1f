//! `GET /readyz/owner`

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::readyz::Response;
use crate::state::State;

/// Whether it can take orders: ready, and the one of several servers on a database that owns the stock. For a load balancer
/// that sends orders to one server and keeps the others behind it.
#[utoipa::path(
    get,
    path = "/readyz/owner",
    tag = "system",
    responses((status = 200, body = Response), (status = 503, body = Response, description = "another server does, or none"))
)]
pub(super) async fn handler(state: Data<State>) -> HttpResponse {
    let response = Response::now(&state);
    response.answer(response.takes_orders())
}
