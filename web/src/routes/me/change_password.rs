//! `POST /api/v1/me/password`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, Customer, Query};
use crate::middleware::Arrival;
use crate::routes::auth::begin_own_guess;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordChange)]
pub(super) struct Request {
    #[schema(value_type = String, format = Password, max_length = 256, example = "correct horse battery staple")]
    current_password: SecretString,
    /// None of those that everybody tries first.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    password: SecretString,
}

/// Changes your password.
///
/// You stay signed in here and nowhere else, and are told by mail. Who has no password yet gets one by
/// `POST /api/v1/auth/password/forgot`.
#[utoipa::path(
    post,
    path = "/api/v1/me/password",
    tag = "me",
    security(("account" = [])),
    request_body = Request,
    responses((status = 204, description = "changed"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    customer: Customer,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let guess = begin_own_guess(&request, &state, customer.account).await?;
    let Request { current_password, password } = body.value;
    let (accounts, Customer { store, account, session, .. }) = (state.identity.accounts(), customer);
    let changed = accounts.change_password(store, account, session, current_password, password, arrival.now).await;
    guess.ended(&state, &changed).await;
    changed?;
    Ok(HttpResponse::NoContent().finish())
}
