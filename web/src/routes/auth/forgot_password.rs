//! `POST /api/v1/auth/password/forgot`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

use super::accepted::Accepted;
use super::email::email;
use crate::error::ApiError;
use crate::extract::{Body, Query, admit_everywhere};
use crate::middleware::{Arrival, Caller};
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ForgottenPassword)]
pub(super) struct Request {
    #[schema(max_length = 254, format = Email, example = "ann@example.com")]
    email: String,
}

/// Asks for a new password.
///
/// If the address is an account's, mail with a link goes there. The answer is the same if it is not.
#[utoipa::path(
    post,
    path = "/api/v1/auth/password/forgot",
    tag = "auth",
    request_body = Request,
    responses((status = 202, body = Accepted))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let address = email("/email", &body.value.email)?;
    admit_everywhere(&request, Caller::SigningIn).await?;
    state.identity.accounts().forgot_password(arrival.store, address, arrival.now).await?;
    Ok(Accepted::respond())
}
