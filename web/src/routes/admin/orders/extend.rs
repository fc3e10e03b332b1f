//! `POST /api/v1/admin/orders/{order_no}/extend`

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::turn::Turn;
use super::view::AdminOrderView;
use crate::error::ApiError;
use crate::extract::Body;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExtendRequest)]
pub(super) struct Request {
    #[schema(minimum = 1, maximum = 86_400)]
    hold_ttl_s: i64,
}

/// Holds the goods of an unpaid order longer: until `hold_ttl_s` from now.
#[utoipa::path(
    post,
    path = "/api/v1/admin/orders/{order_no}/extend",
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
    turn.extend("POST /admin/orders/{order_no}/extend", &body.raw, body.value.hold_ttl_s).await
}
