//! `DELETE /api/v1/cart/items/{sku}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::cart::Edit;
use engine::catalog::Sku;

use super::view::{CartView, owner, respond};
use crate::error::ApiError;
use crate::extract::{OptionalIfMatch, Principal, Query, Segment};
use crate::middleware::Arrival;
use crate::state::State;

/// Takes a line out of the cart.
///
/// Done twice, it is as if it was done once: no `Idempotency-Key` is needed here, and it has no effect.
#[utoipa::path(
    delete,
    path = "/api/v1/cart/items/{sku}",
    tag = "cart",
    security(("guest" = [])),
    params(("sku" = String, Path), ("If-Match" = Option<String>, Header, description = "the ETag you read")),
    responses((status = 200, body = CartView))
)]
pub(super) async fn handler(
    principal: Principal,
    arrival: Arrival,
    Segment(sku): Segment<Sku>,
    OptionalIfMatch(version): OptionalIfMatch,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let expected = version.and_then(|version| version.expected());
    let contents = state.engine.cart().edit(owner(principal), Edit::Remove { sku }, expected).await?;
    respond(&state, contents, arrival.now).await
}
