//! `GET /api/v1/openapi.json`

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use actix_web::web::Data;

use crate::extract::IfNoneMatch;
use crate::state::State;

/// This description.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "system",
    responses((status = 200, content_type = "application/json", body = serde_json::Value), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(known: IfNoneMatch, state: Data<State>) -> HttpResponse {
    let document = &state.openapi;
    let mut response = if known.has(document.etag()) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, document.etag().clone())).insert_header((CACHE_CONTROL, "no-cache"));
    if known.has(document.etag()) {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, "application/json")).body(document.body())
}
