//! `POST /api/v1/admin/orders/{order_no}/return`

use actix_web::HttpResponse;
use engine::order::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::turn::Turn;
use super::view::AdminOrderView;
use crate::error::ApiError;
use crate::extract::Body;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReturnRequest)]
pub(super) struct Request {
    /// Whether they can be sold again.
    restock: bool,
}

/// The goods came back: onto the shelf, or not.
#[utoipa::path(
    post,
    path = "/api/v1/admin/orders/{order_no}/return",
    tag = "admin: orders",
    security(("account" = ["orders:write"]), ("key" = ["orders:write"])),
    params(
        ("order_no" = String, Path),
        ("If-Match" = String, Header),
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 200, body = AdminOrderView))
)]
pub(super) async fn handler(turn: Turn, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let restock = body.value.restock;
    turn.go("POST /admin/orders/{order_no}/return", &body.raw, Command::Return { restock }).await
}
