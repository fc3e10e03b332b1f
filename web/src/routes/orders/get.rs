//! `GET /api/v1/orders/{order_no}`

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;
use engine::desk;
use engine::order::OrderNo;

use super::view::OrderView;
use super::whose;
use crate::error::ApiError;
use crate::extract::{IfNoneMatch, Principal, Query, Segment};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::etag;

/// One of your orders. Another's is not found.
#[utoipa::path(
    get,
    path = "/api/v1/orders/{order_no}",
    tag = "orders",
    security(("guest" = [])),
    params(("order_no" = String, Path, example = "7ZK4-2MQX-9TA")),
    responses((status = 200, body = OrderView), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(
    principal: Principal,
    arrival: Arrival,
    Segment(number): Segment<OrderNo>,
    _: Query<()>,
    known: IfNoneMatch,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let order = state.engine.find_order(desk::Order::Number(principal.store, number)).await?;
    whose::assure(&state, principal, &order).await?;
    let tag = etag(order.version);
    if known.has(&tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(OrderView::new(order, arrival.now)))
}
