//! `GET /metrics`

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::state::State;
use crate::telemetry::gauges;

/// Counters, histograms and gauges, in the text format of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "system",
    responses((status = 200, content_type = "text/plain", body = String))
)]
pub(super) async fn handler(state: Data<State>) -> HttpResponse {
    gauges::look(&state);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(state.metrics.render())
}
