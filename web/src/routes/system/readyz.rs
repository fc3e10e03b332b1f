//! `GET /readyz`

use std::sync::atomic::Ordering;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(super) struct Response {
    ready: bool,
    /// It is being stopped: what it accepted is finished, nothing new should be sent.
    draining: bool,
    /// This server writes to its database, and heard from it a moment ago.
    speaks_for_the_shop: bool,
    /// Items whose stock is awake.
    skus_awake: usize,
    /// Requests that are inside at this moment.
    requests_inside: usize,
}

/// Whether it can take requests.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "system",
    responses((status = 200, body = Response), (status = 503, body = Response, description = "not now"))
)]
pub(super) async fn handler(state: Data<State>) -> HttpResponse {
    let draining = state.draining.load(Ordering::Relaxed);
    let status = state.engine.status();
    let ready = !draining && status.speaks_for_the_cell;
    let response = Response {
        ready,
        draining,
        speaks_for_the_shop: status.speaks_for_the_cell,
        skus_awake: status.skus_awake,
        requests_inside: state.load_shed.inside(),
    };
    if ready { HttpResponse::Ok().json(response) } else { HttpResponse::ServiceUnavailable().json(response) }
}
