//! `GET /api/v1/me/addresses`

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::AddressView;
use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = Addresses)]
pub(super) struct Response {
    data: Vec<AddressView>,
}

/// Your addresses: the default first, then the newest. At most fifty.
#[utoipa::path(
    get,
    path = "/api/v1/me/addresses",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(customer: Customer, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let addresses = state.identity.customers().addresses(customer.store, customer.account).await?;
    Ok(HttpResponse::Ok().json(Response { data: addresses.into_iter().map(AddressView::from).collect() }))
}
