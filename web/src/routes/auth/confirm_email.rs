//! `POST /api/v1/auth/email/confirm`

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
#[schema(as = EmailConfirmation)]
pub(super) struct Request {
    /// What the mail's link brought.
    #[schema(value_type = String, max_length = 100, example = "once_3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs")]
    token: SecretString,
}

/// Confirms an address.
///
/// Once, with what the mail brought: of a new account, or the new address of an old one. What was ordered under it by a guest
/// is the account's from then on.
#[utoipa::path(
    post,
    path = "/api/v1/auth/email/confirm",
    tag = "auth",
    request_body = Request,
    responses((status = 204, description = "it is confirmed"))
)]
pub(super) async fn handler(
    _: Anyone,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let token = body.value.token.expose_secret();
    let account = state.identity.accounts().confirm_email(arrival.store, token, arrival.now).await?;
    // The address is confirmed whatever becomes of this: it can be asked for again.
    if let Err(error) = state.identity.customers().claim(arrival.store, account).await {
        tracing::info!(account.id = %account, %error, "what was ordered under a confirmed address is not claimed yet");
    }
    Ok(HttpResponse::NoContent().finish())
}
