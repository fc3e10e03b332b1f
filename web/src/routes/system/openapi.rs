//! `GET /api/v1/openapi.json`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::extract::Anyone;
use crate::state::State;

/// This description.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "system",
    responses((status = 200, content_type = "application/json", body = serde_json::Value), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(_: Anyone, request: HttpRequest, state: Data<State>) -> HttpResponse {
    state.openapi.respond(&request)
}
