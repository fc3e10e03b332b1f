//! `PUT /api/v1/cart/items/{sku}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::cart::Edit;
use engine::catalog::Sku;
use engine::quantity::Quantity;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{CartView, owner, respond};
use crate::error::ApiError;
use crate::extract::{Body, OptionalIfMatch, Principal, Query, Segment};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CartQuantity)]
pub(super) struct Request {
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
}

/// Wants so many of a line instead.
///
/// Done twice, it is as if it was done once: no `Idempotency-Key` is needed here, and it has no effect.
#[utoipa::path(
    put,
    path = "/api/v1/cart/items/{sku}",
    tag = "cart",
    security(("guest" = [])),
    params(("sku" = String, Path), ("If-Match" = Option<String>, Header, description = "the ETag you read")),
    request_body = Request,
    responses((status = 200, body = CartView))
)]
pub(super) async fn handler(
    principal: Principal,
    arrival: Arrival,
    Segment(sku): Segment<Sku>,
    OptionalIfMatch(version): OptionalIfMatch,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let quantity =
        Quantity::wanted(body.value.quantity).map_err(|error| ApiError::invalid("/quantity", error.to_string()))?;
    let expected = version.and_then(|version| version.expected());
    let contents = state.engine.cart().edit(owner(principal), Edit::Change { sku, quantity }, expected).await?;
    respond(&state, contents, arrival.now).await
}
