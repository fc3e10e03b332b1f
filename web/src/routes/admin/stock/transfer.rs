//! `POST /api/v1/admin/stock/{sku}/transfer`

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
#[schema(as = StockTransferRequest)]
pub(super) struct Request {
    /// The code of a location.
    #[schema(example = "main")]
    from: String,
    /// The code of a location.
    #[schema(example = "warehouse-2")]
    to: String,
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    quantity: i64,
    /// What it belongs to: a delivery note, a ticket.
    #[schema(max_length = 500)]
    reference: Option<String>,
}

/// Goods go from one location to another.
#[utoipa::path(
    post,
    path = "/api/v1/admin/stock/{sku}/transfer",
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
    let command = Command::Transfer {
        from: change.location("/from", Some(request.from)).await?,
        to: change.location("/to", Some(request.to)).await?,
        quantity,
        reference: note("/reference", request.reference)?,
    };
    change.make("POST /admin/stock/{sku}/transfer", &raw, command).await
}
