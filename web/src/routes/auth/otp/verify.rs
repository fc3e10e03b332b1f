//! `POST /api/v1/auth/otp/verify`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::ChallengeId;
use identity::codes::{Code, Proof};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, Query};
use crate::middleware::Arrival;
use crate::routes::auth::first_factor;
use crate::routes::auth::guess::{begin_guess, device};
use crate::routes::auth::signed_in::SignedInView;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OneTimeCode)]
pub(super) struct Request {
    #[schema(example = "chal_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    challenge: String,
    #[schema(max_length = 12, example = "123456")]
    code: String,
}

/// Signs in with the code that was sent.
///
/// Whoever never signed in with this address before gets an account. A code is good once, and may be guessed at five times.
#[utoipa::path(
    post,
    path = "/api/v1/auth/otp/verify",
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
    let code = Code::parse(&code).map_err(|error| ApiError::invalid("/code", error.to_string()))?;
    // One challenge has few tries; so has whoever tries at one after the other.
    let guess = begin_guess(&request, &state, &challenge).await?;
    let challenge: ChallengeId = challenge.parse().map_err(|_| ApiError::challenge_over())?;
    let shown = state.identity.codes().verify(arrival.store, challenge, code).await;
    guess.ended(&state, &shown).await;
    match shown? {
        Proof::Of { account, address, .. } => {
            let mut response = first_factor::shown(&request, &state, arrival.store, account).await?;
            let device = device(&state, &arrival, address.key());
            response.add_cookie(&device).map_err(ApiError::internal)?;
            Ok(response)
        }
        Proof::Blocked => Err(ApiError::account_blocked()),
    }
}
