//! `GET /api/v1/admin/search/queries/without-results`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::searched::{Only, Order};

use super::view::{Response, Stretch};
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::extract::{FromQuery, Parameters, Query, Staff};
use crate::state::State;

pub(super) struct Request(Stretch);

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Stretch::take(parameters).map(Self)
    }
}

/// What people searched for and did not find, what most of them missed first.
///
/// What a shop lacks, or calls by another name: the latter wants a synonym.
#[utoipa::path(
    get,
    path = "/api/v1/admin/search/queries/without-results",
    tag = "admin: search",
    security(("account" = ["search:read"]), ("key" = ["search:read"])),
    params(
        ("from" = Option<String>, Query, format = Date, example = "2026-11-01",
            description = "the first day, in UTC; left out: 29 days before `to`"),
        ("to" = Option<String>, Query, format = Date, example = "2026-11-27",
            description = "the last day, in UTC; left out: today"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<SearchRead>,
    Query(Request(stretch)): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    stretch.respond(&request, &state, staff.store, (Only::WithoutResults, Order::WithoutResults, true)).await
}
