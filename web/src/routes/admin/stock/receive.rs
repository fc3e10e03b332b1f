//! `POST /api/v1/admin/stock/{sku}/receive`

use actix_web::HttpResponse;
use engine::inventory::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::change::{Change, units};
use super::view::StockView;
use crate::error::ApiError;
use crate::extract::{Body, note};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StockReceiveRequest)]
pub(super) struct Request {
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    quantity: i64,
    /// Its code; left out: the default one.
    location: Option<String>,
    /// What it belongs to: a delivery note, a ticket.
    #[schema(max_length = 500)]
    reference: Option<String>,
}

/// New goods are on the shelf.
#[utoipa::path(
    post,
    path = "/api/v1/admin/stock/{sku}/receive",
    tag = "admin: stock",
    security(("account" = ["stock:write"]), ("key" = ["stock:write"])),
    params(
        ("sku" = String, Path),
        ("Idempotency-Key" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = StockView))
)]
pub(super) async fn handler(change: Change, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Body { value: request, raw } = body;
    let quantity = units("/quantity", request.quantity, 1)?;
    let command = Command::Adjust {
        location: change.location("/location", request.location).await?,
        delta: quantity,
        reason: "received".to_owned(),
        reference: note("/reference", request.reference)?,
        received: true,
    };
    change.make("POST /admin/stock/{sku}/receive", &raw, command).await
}
