//! `DELETE /api/v1/me/viewed`

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::state::State;

/// Forgets what you looked at.
#[utoipa::path(
    delete,
    path = "/api/v1/me/viewed",
    tag = "me",
    security(("account" = [])),
    responses((status = 204, description = "it is forgotten"))
)]
pub(super) async fn handler(customer: Customer, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    state.identity.customers().forget_viewed(customer.store, customer.account).await?;
    Ok(HttpResponse::NoContent().finish())
}
