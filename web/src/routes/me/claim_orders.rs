//! `POST /api/v1/me/orders/claim`

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, NoFields, OptionalBody, Query};
use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = ClaimedOrders)]
pub(super) struct Response {
    /// How many orders are yours since this call.
    claimed: usize,
}

/// Makes your own what was ordered under your address before you had an account.
///
/// Finds orders of guests whose contact address is the one you have confirmed. They are yours from then on: you see them
/// among your orders, and may cancel them. Done by itself when you confirm your address; again it finds what came since.
#[utoipa::path(
    post,
    path = "/api/v1/me/orders/claim",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(
    customer: Customer,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let claimed = state.identity.customers().claim(customer.store, customer.account).await?;
    Ok(HttpResponse::Ok().json(Response { claimed: claimed.len() }))
}
