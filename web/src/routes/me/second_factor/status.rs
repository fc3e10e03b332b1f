//! `GET /api/v1/me/second-factor`

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::state::State;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = SecondFactor)]
pub(super) struct Response {
    /// Whether it is asked for when you sign in.
    enabled: bool,
    #[schema(format = DateTime)]
    enabled_at: Option<String>,
    recovery_codes_left: u32,
}

/// Your second factor.
#[utoipa::path(
    get,
    path = "/api/v1/me/second-factor",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(customer: Customer, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let status = state.identity.second_factors().status(customer.store, customer.account).await?;
    Ok(HttpResponse::Ok().json(Response {
        enabled: status.since.is_some(),
        enabled_at: status.since.map(rfc3339),
        recovery_codes_left: status.recovery_codes_left,
    }))
}
