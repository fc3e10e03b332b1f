//! `GET /api/v1/admin/search/index`

use actix_web::HttpResponse;
use actix_web::web::{self, Data};

use super::view::IndexView;
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::extract::{Query, Staff};
use crate::state::State;

/// How the index of the server that answers is, and how far it is where it is made anew.
#[utoipa::path(
    get,
    path = "/api/v1/admin/search/index",
    tag = "admin: search",
    security(("account" = ["search:read"]), ("key" = ["search:read"])),
    responses((status = 200, body = IndexView))
)]
pub(super) async fn handler(_: Staff<SearchRead>, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let now = state.engine.clock().now();
    // It looks at the disk.
    let health = web::block(move || state.search.health()).await.map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().json(IndexView::of(&health, now)))
}
