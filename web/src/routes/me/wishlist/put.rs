//! `PUT /api/v1/me/wishlist/{sku}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::Sku;

use crate::error::ApiError;
use crate::extract::{Customer, NoFields, OptionalBody, Query, Segment};
use crate::state::State;

/// Puts an item on your wishlist, which has room for two hundred. Once more changes nothing.
#[utoipa::path(
    put,
    path = "/api/v1/me/wishlist/{sku}",
    tag = "me",
    security(("account" = [])),
    params(("sku" = String, Path)),
    responses((status = 204, description = "it is on it"))
)]
pub(super) async fn handler(
    customer: Customer,
    Segment(sku): Segment<Sku>,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.identity.customers().wish(customer.store, customer.account, sku).await?;
    Ok(HttpResponse::NoContent().finish())
}
