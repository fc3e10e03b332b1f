//! `POST /api/v1/me/second-factor`

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, OptionalBody, Query};
use crate::middleware::Arrival;
use crate::routes::me::assured::assure;
use crate::state::State;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecondFactorWish)]
pub(super) struct Request {
    /// Needed unless you signed in within the last ten minutes.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    current_password: Option<SecretString>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SecondFactorOffer)]
pub(super) struct Response {
    /// For an app without a camera.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    secret: String,
    /// To be shown as a QR code.
    #[schema(
        example = "otpauth://totp/Doorbuster:ann%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Doorbuster"
    )]
    otpauth_url: String,
}

/// Offers a secret for an authenticator app.
///
/// Nothing is asked for before `POST /api/v1/me/second-factor/confirm` was sent a code of it. Asked for again, there is
/// another secret, and the first is worth nothing. Needs your password, or that you signed in just now.
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor",
    tag = "me",
    security(("account" = [])),
    request_body(content = Option<Request>),
    responses((status = 201, body = Response))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    customer: Customer,
    _: Query<()>,
    body: OptionalBody<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    assure(&request, &state, customer, &arrival, body.value.current_password).await?;
    let offered = state.identity.second_factors().enrol(customer.store, customer.account).await?;
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(Response { secret: offered.secret, otpauth_url: offered.otpauth_url }))
}
