//! `POST /api/v1/auth/email/confirm`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::account::Follower;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use super::guess::begin_guess;
use crate::error::ApiError;
use crate::extract::{Anyone, Body, Query, access_shown};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EmailConfirmation)]
pub(super) struct Request {
    /// What the mail's link brought.
    #[schema(value_type = String, max_length = 100, example = "once_3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs")]
    token: SecretString,
    /// The account's. Not needed by who sends its access token.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    password: Option<SecretString>,
}

/// Confirms an address.
///
/// Once, with what the mail brought: of a new account, or the new address of an old one. Whoever follows the link also shows
/// that the account is theirs, by its access token or its password: the letter may have been somebody else's idea. What was
/// ordered under the address by a guest is the account's from then on.
#[utoipa::path(
    post,
    path = "/api/v1/auth/email/confirm",
    tag = "auth",
    security((), ("account" = [])),
    request_body = Request,
    responses((status = 204, description = "it is confirmed"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { token, password } = body.value;
    let (accounts, token) = (state.identity.accounts(), token.expose_secret());
    let account = match (password, access_shown(&request)) {
        (Some(password), _) => {
            let guess = begin_guess(&request, &state, token).await?;
            let confirmed = accounts.confirm_email(arrival.store, token, Follower::Knows(password), arrival.now).await;
            guess.ended(&state, &confirmed).await;
            confirmed?
        }
        (None, Some(access)) => {
            accounts.confirm_email(arrival.store, token, Follower::SignedIn(access.account), arrival.now).await?
        }
        (None, None) => return Err(ApiError::unauthenticated("log in first, or send the account's password")),
    };
    // The address is confirmed whatever becomes of this: it can be asked for again.
    if let Err(error) = state.identity.customers().claim(arrival.store, account).await {
        tracing::info!(account.id = %account, %error, "what was ordered under a confirmed address is not claimed yet");
    }
    Ok(HttpResponse::NoContent().finish())
}
