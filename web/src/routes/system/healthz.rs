//! `GET /healthz`

use actix_web::HttpResponse;

/// Whether the process is alive.
///
/// Says nothing about the database: a process without one is not made better by being killed.
#[utoipa::path(get, path = "/healthz", tag = "system", responses((status = 200, content_type = "text/plain", body = String, description = "alive")))]
pub(super) async fn handler() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}
