//! `POST /api/v1/auth/login`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::email::email;
use super::first_factor::ask_or_admit;
use super::guess::{begin_guess, device};
use super::signed_in::SignedInView;
use crate::error::ApiError;
use crate::extract::{Body, Query};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Login)]
pub(super) struct Request {
    #[schema(max_length = 254, format = Email, example = "ann@example.com")]
    email: String,
    #[schema(value_type = String, format = Password, max_length = 256)]
    password: SecretString,
}

/// Signs in with address and password.
///
/// Answers with an access token, for a quarter of an hour, and sets a cookie with which `POST /api/v1/auth/refresh` gets the
/// next. An address that is not known, and a password that is not right, are answered alike; so are too many of them (429).
#[utoipa::path(
    post,
    path = "/api/v1/auth/login",
    tag = "auth",
    request_body = Request,
    responses((status = 200, body = SignedInView))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { email: address, password } = body.value;
    let address = email("/email", &address)?;
    let guess = begin_guess(&request, &state, address.key()).await?;
    let device = device(&state, &arrival, address.key());
    let ended = state.identity.accounts().log_in(arrival.store, address, password).await;
    guess.ended(&state, &ended).await;
    let account = ended?;
    // Whoever merely wrote the address down is a stranger to its owner, and gets nothing of theirs.
    let is_proved = account.email_verified_at.is_some();
    let mut response = ask_or_admit(&request, &state, account).await?;
    if is_proved {
        response.add_cookie(&device).map_err(ApiError::internal)?;
    }
    Ok(response)
}
