//! `POST /api/v1/auth/second-factor`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::reach::{Email, Phone};
use identity::second_factor::Shown;
use serde::Deserialize;
use utoipa::ToSchema;

use super::first_factor::{find, was_guest};
use super::guess::{begin_guess, device};
use super::signed_in::{SignedInView, signed_in};
use crate::error::ApiError;
use crate::extract::{Body, Query};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecondFactorAnswer)]
pub(super) struct Request {
    /// What came with `second_factor_required`.
    #[schema(
        max_length = 200,
        example = "chal_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7.q3T0XyC4pXo2b1l9mR8vS7dGhJkL5nP6wZ0aB1cD2eF"
    )]
    challenge: String,
    /// Six digits of the app, or a recovery code.
    #[schema(max_length = 40, example = "123456")]
    code: String,
}

/// Signs in with the second factor.
///
/// After a right password, a code that was sent, or a sign-in elsewhere was answered with `second_factor_required`. A challenge
/// is good for five minutes and five tries, a code once.
#[utoipa::path(
    post,
    path = "/api/v1/auth/second-factor",
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
    let Request { challenge, code } = body.value;
    let shown = Shown::parse(&code).map_err(|error| ApiError::invalid("/code", error.to_string()))?;
    let guess = begin_guess(&request, &state, &challenge).await?;
    let answered = state.identity.second_factors().answer(arrival.store, &challenge, shown).await;
    guess.ended(&state, &answered).await;
    let account = find(&state, arrival.store, answered?).await?;
    let email = account.email.as_ref().filter(|_| account.email_verified_at.is_some()).map(Email::key);
    let phone = account.phone.as_ref().filter(|_| account.phone_verified_at.is_some()).map(Phone::as_str);
    let who = email.or(phone);
    let device = who.map(|who| device(&state, &arrival, who));
    let mut response = signed_in(&request, &state, account, was_guest(&request), true).await?;
    if let Some(device) = device {
        response.add_cookie(&device).map_err(ApiError::internal)?;
    }
    Ok(response)
}
