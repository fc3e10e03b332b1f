//! `GET /api/v1/admin/search/queries`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::searched::{Only, Order};

use super::view::{Response, Stretch};
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::extract::{FromQuery, Parameters, Query, Staff};
use crate::state::State;

pub(super) struct Request {
    by: Order,
    descending: bool,
    stretch: Stretch,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (by, descending) = parameters.parsed("sort", sort)?.unwrap_or((Order::Searches, true));
        Ok(Self { by, descending, stretch: Stretch::take(parameters)? })
    }
}

fn sort(text: &str) -> Result<(Order, bool), &'static str> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    match name {
        "searches" => Ok((Order::Searches, descending)),
        "without_results" => Ok((Order::WithoutResults, descending)),
        "clicks" => Ok((Order::Clicks, descending)),
        _ => Err("searches, without_results or clicks; with `-`, downwards"),
    }
}

/// What people searched for, what most searched for first.
///
/// Numbers by text and nothing of who: texts that may be about a person (an address, a long number), and those that were
/// searched for less than three times on these days, are counted in `all` alone.
#[utoipa::path(
    get,
    path = "/api/v1/admin/search/queries",
    tag = "admin: search",
    security(("account" = ["search:read"]), ("key" = ["search:read"])),
    params(
        ("sort" = Option<String>, Query, pattern = "^-?(searches|without_results|clicks)$", example = "-searches",
            description = "searches, without_results, clicks; with `-`, downwards. `-searches` if left out"),
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
    Query(Request { by, descending, stretch }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    stretch.respond(&request, &state, staff.store, (Only::All, by, descending)).await
}
