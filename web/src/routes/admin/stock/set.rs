//! `POST /api/v1/admin/stock/{sku}/set`

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
#[schema(as = StockSetRequest)]
pub(super) struct Request {
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    on_hand: i64,
    /// How many are kept back and never sold.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    safety: Option<i64>,
    /// As it was read before counting.
    count_version: i64,
    /// Its code; left out: the default one.
    location: Option<String>,
    /// What it belongs to: a delivery note, a ticket.
    #[schema(max_length = 500)]
    reference: Option<String>,
}

/// Somebody counted. Refused when somebody else counted meanwhile.
///
/// `count_version` moves with counts alone, not with sales, so that a count can be entered during a sale.
#[utoipa::path(
    post,
    path = "/api/v1/admin/stock/{sku}/set",
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
    let on_hand = units("/on_hand", request.on_hand, 0)?;
    let safety = request.safety.map(|safety| units("/safety", safety, 0)).transpose()?;
    let command = Command::Set {
        location: change.location("/location", request.location).await?,
        on_hand,
        safety,
        count_version: Some(request.count_version),
        reference: note("/reference", request.reference)?,
    };
    change.make("POST /admin/stock/{sku}/set", &raw, command).await
}
