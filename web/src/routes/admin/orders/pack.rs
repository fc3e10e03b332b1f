//! `POST /api/v1/admin/orders/{order_no}/pack`

use actix_web::HttpResponse;
use engine::order::Command;

use super::turn::Turn;
use super::view::AdminOrderView;
use crate::error::ApiError;
use crate::extract::{NoFields, OptionalBody};

/// The goods are in the parcel.
#[utoipa::path(
    post,
    path = "/api/v1/admin/orders/{order_no}/pack",
    tag = "admin: orders",
    security(("account" = ["orders:write"]), ("key" = ["orders:write"])),
    params(
        ("order_no" = String, Path),
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    responses((status = 200, body = AdminOrderView))
)]
pub(super) async fn handler(turn: Turn, body: OptionalBody<NoFields>) -> Result<HttpResponse, ApiError> {
    turn.go("POST /admin/orders/{order_no}/pack", &body.raw, Command::Pack).await
}
