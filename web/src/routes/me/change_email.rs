//! `POST /api/v1/me/email`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::reach::Email;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, Customer, Query};
use crate::middleware::Arrival;
use crate::routes::auth::{Accepted, begin_own_guess};
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EmailChange)]
pub(super) struct Request {
    #[schema(max_length = 254, format = Email, example = "ann@example.org")]
    email: String,
    #[schema(value_type = String, format = Password, max_length = 256, example = "correct horse battery staple")]
    current_password: SecretString,
}

/// Asks for another address.
///
/// Mail with a link goes to the new one. Until the link is followed nothing changes; then the old address is told.
#[utoipa::path(
    post,
    path = "/api/v1/me/email",
    tag = "me",
    security(("account" = [])),
    request_body = Request,
    responses((status = 202, body = Accepted))
)]
pub(super) async fn handler(
    request: HttpRequest,
    customer: Customer,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { email, current_password } = body.value;
    let email = Email::parse(&email).map_err(|error| ApiError::invalid("/email", error.to_string()))?;
    let guess = begin_own_guess(&request, &state, customer.account).await?;
    let accounts = state.identity.accounts();
    let asked =
        accounts.ask_to_change_email(customer.store, customer.account, current_password, email, arrival.now).await;
    guess.ended(&state, &asked).await;
    asked?;
    Ok(Accepted::respond())
}
