//! `POST /api/v1/auth/logout`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::{AccountId, SessionId};
use identity::session::EndReason;
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refresh_cookie;
use crate::error::ApiError;
use crate::extract::{Anyone, OptionalBody, Query, access_shown};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Logout)]
pub(super) struct Request {
    /// Also wherever else this account is signed in.
    #[serde(default)]
    everywhere: bool,
}

/// Signs out.
///
/// The session is the access token's, or that of the refresh cookie. Its tokens are worth nothing any more, and the cookie
/// is taken away. Whoever is not signed in is answered alike.
#[utoipa::path(
    post,
    path = "/api/v1/auth/logout",
    tag = "auth",
    security((), ("account" = [])),
    request_body = Option<Request>,
    responses((status = 204, description = "signed out"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    arrival: Arrival,
    _: Query<()>,
    body: OptionalBody<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let sessions = state.identity.sessions();
    if let Some((account, session)) = who(&request, &arrival, &state).await? {
        if body.value.everywhere {
            sessions.end_all(arrival.store, account, None, EndReason::LoggedOut, arrival.now).await?;
        } else {
            sessions.end(arrival.store, account, session, EndReason::LoggedOut, arrival.now).await?;
        }
    }
    Ok(HttpResponse::NoContent().cookie(refresh_cookie::gone(state.behind_tls)).finish())
}

/// Whose access token is shown, or else whose refresh token.
async fn who(
    request: &HttpRequest,
    arrival: &Arrival,
    state: &State,
) -> Result<Option<(AccountId, SessionId)>, ApiError> {
    if let Some(access) = access_shown(request) {
        return Ok(Some((access.account, access.session)));
    }
    let Some(token) = refresh_cookie::shown(request) else { return Ok(None) };
    Ok(state.identity.sessions().owner(arrival.store, token.expose_secret(), arrival.now).await?)
}
