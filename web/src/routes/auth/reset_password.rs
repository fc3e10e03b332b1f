//! `POST /api/v1/auth/password/reset`

use actix_web::HttpResponse;
use actix_web::web::Data;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Anyone, Body, Query};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordReset)]
pub(super) struct Request {
    /// What the mail's link brought.
    #[schema(value_type = String, max_length = 100, example = "once_3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs")]
    token: SecretString,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    password: SecretString,
}

/// Chooses a new password.
///
/// Once, with what the mail brought. Whoever was signed in to the account is not any more.
#[utoipa::path(
    post,
    path = "/api/v1/auth/password/reset",
    tag = "auth",
    request_body = Request,
    responses((status = 204, description = "it is the password now"))
)]
pub(super) async fn handler(
    _: Anyone,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { token, password } = body.value;
    let accounts = state.identity.accounts();
    accounts.reset_password(arrival.store, token.expose_secret(), password, arrival.now).await?;
    Ok(HttpResponse::NoContent().finish())
}
