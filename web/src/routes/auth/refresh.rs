//! `POST /api/v1/auth/refresh`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use secrecy::ExposeSecret;

use super::refresh_cookie;
use super::signed_in::{SignedInView, answer};
use crate::error::ApiError;
use crate::extract::{Anyone, NoFields, OptionalBody, Query};
use crate::middleware::Arrival;
use crate::state::State;

/// Gets the next access token.
///
/// The cookie's token is replaced by its successor. Two tabs that ask at the same moment, or within half a minute, get the
/// same one; whoever shows an older one later holds a copy, and the session ends for everybody.
#[utoipa::path(
    post,
    path = "/api/v1/auth/refresh",
    tag = "auth",
    params(("doorbuster_refresh" = String, Cookie, description = "set by `POST /api/v1/auth/login`")),
    responses((status = 200, body = SignedInView))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    arrival: Arrival,
    _: Query<()>,
    _: OptionalBody<NoFields>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Some(token) = refresh_cookie::shown(&request) else {
        return Err(ApiError::unauthenticated("there is no refresh cookie; log in with POST /api/v1/auth/login"));
    };
    let begun = state.identity.sessions().refresh(arrival.store, token.expose_secret(), arrival.now).await?;
    Ok(answer(&state, &arrival, &begun, None))
}
