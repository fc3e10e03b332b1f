//! `DELETE /api/v1/me/wishlist/{sku}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::Sku;

use crate::error::ApiError;
use crate::extract::{Customer, Query, Segment};
use crate::state::State;

/// Takes an item off your wishlist. What is not on it is not missed.
#[utoipa::path(
    delete,
    path = "/api/v1/me/wishlist/{sku}",
    tag = "me",
    security(("account" = [])),
    params(("sku" = String, Path)),
    responses((status = 204, description = "it is not on it"))
)]
pub(super) async fn handler(
    customer: Customer,
    Segment(sku): Segment<Sku>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.identity.customers().unwish(customer.store, customer.account, sku).await?;
    Ok(HttpResponse::NoContent().finish())
}
