//! `GET /api/v1/admin/orders/{order_no}`

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;
use engine::desk;
use engine::order::{OrderNo, store};
use engine::postgres::DatabaseError;

use super::view::AdminOrderView;
use crate::error::ApiError;
use crate::extract::needs::OrdersRead;
use crate::extract::{Query, Segment, Staff};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::etag;

/// An order with its history.
#[utoipa::path(
    get,
    path = "/api/v1/admin/orders/{order_no}",
    tag = "admin: orders",
    security(("account" = ["orders:read"]), ("key" = ["orders:read"])),
    params(("order_no" = String, Path)),
    responses((status = 200, body = AdminOrderView))
)]
pub(super) async fn handler(
    staff: Staff<OrdersRead>,
    arrival: Arrival,
    Segment(number): Segment<OrderNo>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let order = state.engine.find_order(desk::Order::Number(staff.store, number)).await?;
    let id = order.id;
    let events = state
        .engine
        .database()
        .run(move |mut connection| async move { Ok::<_, DatabaseError>(store::events(&mut connection, id).await?) })
        .await?;
    let tag = etag(order.version);
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(AdminOrderView::new(order, events, arrival.now)))
}
