//! `POST /api/v1/me/second-factor`

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, NoFields, OptionalBody, Query};
use crate::state::State;

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
/// another secret, and the first is worth nothing.
#[utoipa::path(
    post,
    path = "/api/v1/me/second-factor",
    tag = "me",
    security(("account" = [])),
    responses((status = 201, body = Response))
)]
pub(super) async fn handler(
    customer: Customer,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let offered = state.identity.second_factors().enrol(customer.store, customer.account).await?;
    Ok(HttpResponse::Created()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(Response { secret: offered.secret, otpauth_url: offered.otpauth_url }))
}
