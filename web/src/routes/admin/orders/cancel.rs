//! `POST /api/v1/admin/orders/{order_no}/cancel`

use actix_web::HttpResponse;

use super::turn::Turn;
use super::view::AdminOrderView;
use crate::error::ApiError;
use crate::extract::OptionalBody;
use crate::routes::orders::CancelRequest;

/// Cancels an order that has not been shipped. What it held is for sale again, once.
#[utoipa::path(
    post,
    path = "/api/v1/admin/orders/{order_no}/cancel",
    tag = "admin: orders",
    security(("account" = ["orders:write"]), ("key" = ["orders:write"])),
    params(
        ("order_no" = String, Path),
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body(content = Option<CancelRequest>),
    responses((status = 200, body = AdminOrderView))
)]
pub(super) async fn handler(turn: Turn, body: OptionalBody<CancelRequest>) -> Result<HttpResponse, ApiError> {
    turn.go("POST /admin/orders/{order_no}/cancel", &body.raw, body.value.parse()?).await
}
