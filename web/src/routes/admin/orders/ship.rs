//! `POST /api/v1/admin/orders/{order_no}/ship`

use actix_web::HttpResponse;
use engine::order::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::turn::Turn;
use super::view::AdminOrderView;
use crate::error::ApiError;
use crate::extract::{Body, note};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShipRequest)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 500)]
    carrier: String,
    #[schema(min_length = 1, max_length = 500)]
    tracking: Option<String>,
}

/// The parcel is with the carrier.
#[utoipa::path(
    post,
    path = "/api/v1/admin/orders/{order_no}/ship",
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
    let carrier = note("/carrier", Some(body.value.carrier))?.expect("it was given");
    let tracking = note("/tracking", body.value.tracking)?;
    turn.go("POST /admin/orders/{order_no}/ship", &body.raw, Command::Ship { carrier, tracking }).await
}
