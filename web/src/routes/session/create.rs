//! `POST /api/v1/session`

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::PrincipalId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{COOKIE, Query, admit_everywhere};
use crate::middleware::{Arrival, Caller};
use crate::state::State;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct Response {
    /// Who you are from now on. Your cart and your orders belong to it.
    #[schema(example = "prin_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    principal: String,
    /// Send it as `Authorization: Bearer`. Pages of the shop itself may rely on the cookie instead.
    #[schema(example = "guest_AZLwwX6bfMCopMHw47XWpwAAAZrLzY")]
    token: String,
    #[schema(format = DateTime)]
    expires_at: String,
    expires_in_ms: i64,
}

/// Begins as a guest.
///
/// Makes up an identity and signs it. Nothing is stored; whoever shows the token is that guest.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", responses((status = 201, body = Response)))]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    admit_everywhere(&request, Caller::Newcomer).await?;
    let principal = PrincipalId::from_uuid(state.engine.ids().next(arrival.now));
    let (token, text) = state.guest_tokens.issue(arrival.store, principal, arrival.now);
    let lifetime = token.expires_at - arrival.now;
    let cookie = Cookie::build(COOKIE, &text)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.behind_tls)
        .max_age(Duration::seconds(lifetime.num_seconds()))
        .finish();
    Ok(HttpResponse::Created().cookie(cookie.clone()).json(Response {
        principal: principal.to_string(),
        token: text.clone(),
        expires_at: rfc3339(token.expires_at),
        expires_in_ms: lifetime.num_milliseconds(),
    }))
}
