//! `POST /api/v1/auth/otp/send`

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::codes::Asker;
use identity::notification::Recipient;
use identity::reach::{Email, Phone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, Query};
use crate::middleware::{Arrival, NetworkId};
use crate::routes::auth::guess::admit_to_sign_in;
use crate::state::State;
use crate::view::{millis_until, rfc3339};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OneTimeCodeRequest, example = json!({ "email": "ann@example.com" }))]
pub(super) struct Request {
    /// Either this,
    #[serde(default)]
    #[schema(max_length = 254, example = "ann@example.com")]
    email: Option<String>,
    /// or this, with its country code.
    #[serde(default)]
    #[schema(max_length = 32)]
    phone: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OneTimeCodeSent)]
pub(super) struct Response {
    /// Send it to `POST /api/v1/auth/otp/verify` with the code.
    #[schema(example = "chal_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    challenge: String,
    #[schema(format = DateTime)]
    expires_at: String,
    expires_in_ms: i64,
    /// When another code may be asked for.
    #[schema(format = DateTime)]
    again_at: String,
    again_in_ms: i64,
}

/// Sends a code of six digits to an address.
///
/// Whoever's it is: an address that nobody has signed in with gets one too, and the answer is the same. Once a minute and five
/// times an hour for an address and whoever asks, twenty times an hour for an address and all strangers; the code is good for
/// five minutes.
#[utoipa::path(
    post,
    path = "/api/v1/auth/otp/send",
    tag = "auth",
    request_body = Request,
    responses((status = 202, body = Response))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let to = recipient(body.value)?;
    let asker = match admit_to_sign_in(&request, &state, to.key()).await? {
        true => Asker::KnownDevice,
        false => Asker::Network(NetworkId::of(arrival.address).bytes()),
    };
    let sent = state.identity.codes().send(arrival.store, to, asker).await?;
    let response = Response {
        challenge: sent.challenge.to_string(),
        expires_at: rfc3339(sent.expires_at),
        expires_in_ms: millis_until(sent.expires_at, arrival.now),
        again_at: rfc3339(sent.again_at),
        again_in_ms: millis_until(sent.again_at, arrival.now),
    };
    Ok(HttpResponse::Accepted().insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store"))).json(response))
}

fn recipient(request: Request) -> Result<Recipient, ApiError> {
    match (request.email, request.phone) {
        (Some(email), None) => {
            let email = Email::parse(&email).map_err(|error| ApiError::invalid("/email", error.to_string()))?;
            Ok(Recipient::Email(email))
        }
        (None, Some(phone)) => {
            let phone = Phone::parse(&phone).map_err(|error| ApiError::invalid("/phone", error.to_string()))?;
            Ok(Recipient::Phone(phone))
        }
        (None, None) | (Some(_), Some(_)) => Err(ApiError::invalid("", "either an email or a phone")),
    }
}
