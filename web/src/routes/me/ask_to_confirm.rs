//! `POST /api/v1/me/email/confirmation`

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::error::ApiError;
use crate::extract::{Customer, NoFields, OptionalBody, Query};
use crate::middleware::Arrival;
use crate::routes::auth::Accepted;
use crate::state::State;

/// Sends the mail once more that confirms your address.
///
/// Not if it is confirmed, and not more often than anybody reads.
#[utoipa::path(
    post,
    path = "/api/v1/me/email/confirmation",
    tag = "me",
    security(("account" = [])),
    responses((status = 202, body = Accepted))
)]
pub(super) async fn handler(
    customer: Customer,
    arrival: Arrival,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    state.identity.accounts().ask_to_confirm(customer.store, customer.account, arrival.now).await?;
    Ok(Accepted::respond())
}
