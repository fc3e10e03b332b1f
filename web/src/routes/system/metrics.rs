//! `GET /metrics`

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::state::State;

/// Counters and histograms, in the text format of Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "system",
    responses((status = 200, content_type = "text/plain", body = String))
)]
pub(super) async fn handler(state: Data<State>) -> HttpResponse {
    metrics::gauge!("doorbuster_http_requests_inside").set(state.load_shed.inside() as f64);
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(state.metrics.render())
}
