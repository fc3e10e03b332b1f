//! `POST /api/v1/admin/search/index/rebuild`

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::needs::SearchWrite;
use crate::extract::{NoFields, OptionalBody, Query, Staff};
use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = RebuildOrdered)]
pub(super) struct Ordered {
    /// Always this.
    #[schema(example = "ordered")]
    status: &'static str,
}

/// Has every server make its search index anew, in the background: it answers from the old one until then. Needed when an
/// index is suspected to be wrong. A wish that comes while one is being made is heard after it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/search/index/rebuild",
    tag = "admin: search",
    security(("account" = ["search:write"]), ("key" = ["search:write"])),
    responses((status = 202, body = Ordered, description = "it begins in a moment; `GET /api/v1/admin/search/index` tells how far it is"))
)]
pub(super) async fn handler(
    staff: Staff<SearchWrite>,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.search.order_rebuild(staff.store, staff.actor()).await?;
    Ok(HttpResponse::Accepted().json(Ordered { status: "ordered" }))
}
