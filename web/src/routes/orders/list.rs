//! `GET /api/v1/orders`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::OrderId;

use super::view::OrderView;
use super::whose;
use crate::error::ApiError;
use crate::extract::{FromQuery, PageRequest, Parameters, Principal, Query};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    page: PageRequest,
    before: Option<OrderId>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let page = PageRequest::take(parameters)?;
        let before = page.cursor_as()?;
        Ok(Self { page, before })
    }
}

/// Your orders, the newest first: with an account also those that you claimed.
#[utoipa::path(
    get,
    path = "/api/v1/orders",
    tag = "orders",
    security(("guest" = [])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`page.next_cursor` of the page before")
    ),
    responses((status = 200, body = Listing<OrderView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    principal: Principal,
    arrival: Arrival,
    Query(Request { page, before }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let wanted = i64::from(page.limit) + 1;
    let orders = whose::of(&state, principal, before, wanted).await?;
    let listing =
        Listing::cut(orders, page.limit, |order| order.id.to_string(), |order| OrderView::new(order, arrival.now));
    Ok(listing.respond(request.path(), request.query_string()))
}
