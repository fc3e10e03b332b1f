//! `POST /api/v1/admin/stock/{sku}/adjust`

use actix_web::HttpResponse;
use engine::inventory::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::change::{Change, UNITS_MAX, units};
use super::view::StockView;
use crate::error::ApiError;
use crate::extract::{Body, note};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StockAdjustRequest)]
pub(super) struct Request {
    /// Not zero.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000)]
    delta: i64,
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// Its code; left out: the default one.
    location: Option<String>,
    /// What it belongs to: a delivery note, a ticket.
    #[schema(max_length = 500)]
    reference: Option<String>,
}

/// There are more or fewer than the books say: found, broken, stolen.
#[utoipa::path(
    post,
    path = "/api/v1/admin/stock/{sku}/adjust",
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
    if request.delta == 0 {
        return Err(ApiError::invalid("/delta", "not zero"));
    }
    let delta = units("/delta", request.delta, -UNITS_MAX)?;
    let command = Command::Adjust {
        location: change.location("/location", request.location).await?,
        delta,
        reason: note("/reason", Some(request.reason))?.expect("it was given"),
        reference: note("/reference", request.reference)?,
        received: false,
    };
    change.make("POST /admin/stock/{sku}/adjust", &raw, command).await
}
