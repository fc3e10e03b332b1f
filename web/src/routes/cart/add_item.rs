//! `POST /api/v1/cart/items`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::Sku;
use engine::quantity::Quantity;
use identity::proof::Task;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::{CartView, owner, respond};
use crate::error::ApiError;
use crate::extract::{Body, OptionalIfMatch, Principal, Query, proof};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CartItem)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 64)]
    sku: String,
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
}

/// Puts so many more of an item into the cart.
///
/// Holds nothing. With `If-Match` it is safe to repeat: whoever does not know whether it was done sends it again with the
/// same version, and is told 412 with the version that is there now if it was. That is what makes edits of a cart repeatable:
/// an `Idempotency-Key` is not needed here, and has no effect. In a sale a proof of work may be asked for (428).
#[utoipa::path(
    post,
    path = "/api/v1/cart/items",
    tag = "cart",
    security(("guest" = [])),
    params(
        ("If-Match" = Option<String>, Header, description = "the ETag you read"),
        ("Proof-Of-Work" = Option<String>, Header, description = "an answered challenge, where one is asked for")
    ),
    request_body = Request,
    responses((status = 200, body = CartView))
)]
pub(super) async fn handler(
    request: HttpRequest,
    principal: Principal,
    arrival: Arrival,
    OptionalIfMatch(version): OptionalIfMatch,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    proof::demand(&request, Task::Cart, proof::of_principal(principal.id)).await?;
    let sku = Sku::parse(&body.value.sku).map_err(|error| ApiError::invalid("/sku", error.to_string()))?;
    let quantity =
        Quantity::wanted(body.value.quantity).map_err(|error| ApiError::invalid("/quantity", error.to_string()))?;
    let expected = version.and_then(|version| version.expected());
    let contents = state.engine.cart().add(owner(principal), sku, quantity, expected).await?;
    respond(&state, contents, arrival.now).await
}
