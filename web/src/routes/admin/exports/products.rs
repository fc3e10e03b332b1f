//! `GET /api/v1/admin/exports/products`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::transfer::Scope;

use super::stream::{Request, stream};
use crate::error::ApiError;
use crate::extract::needs::ExportsRead;
use crate::extract::{Query, Staff};
use crate::state::State;

/// All products that are not archived, a row for each variant, with their stock. Streamed, and fit to be imported.
#[utoipa::path(
    get,
    path = "/api/v1/admin/exports/products",
    tag = "admin: exports",
    security(("account" = ["exports:read"]), ("key" = ["exports:read"])),
    params(("format" = Option<String>, Query, pattern = "^(csv|tsv|jsonl)$", description = "left out: jsonl")),
    responses((status = 200, content(
        (String = "application/jsonl"),
        (String = "text/csv"),
        (String = "text/tab-separated-values")
    )))
)]
pub(super) async fn handler(
    staff: Staff<ExportsRead>,
    Query(request): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    stream(state, staff.store, request, Scope::Products, "products").await
}
