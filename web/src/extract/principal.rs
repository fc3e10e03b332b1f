//! Who is asking: a guest, by bearer token or cookie.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use engine::clock::Timestamp;
use engine::id::PrincipalId;

use super::{InvalidToken, header, staff, state};
use crate::error::ApiError;
use crate::middleware::{Arrival, Asker, Caller};

/// The cookie that carries the token for pages of our own. `HttpOnly`, `SameSite=Strict`.
pub const COOKIE: &str = "doorbuster_session";

/// A caller who has shown who it is, and has not asked too often.
#[derive(Debug, Clone, Copy)]
pub struct Principal {
    pub id: PrincipalId,
}

/// A caller who need not say who it is. Counted by address.
#[derive(Debug, Clone, Copy)]
pub struct Anyone;

impl FromRequest for Principal {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(principal(request))
    }
}

impl FromRequest for Anyone {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admit(request, Caller::Anyone).map(|()| Self))
    }
}

fn principal(request: &HttpRequest) -> Result<Principal, ApiError> {
    let state = state(request);
    let arrival = Arrival::of(request);
    let shown = match bearer(request) {
        Ok(Some(token)) => state.guest_tokens.verify(token, arrival.now),
        Ok(None) => match request.cookie(COOKIE) {
            Some(cookie) => state.guest_tokens.verify(cookie.value(), arrival.now),
            None => {
                return count_as_anyone(
                    request,
                    ApiError::unauthenticated("send the token of POST /api/v1/session as Authorization: Bearer"),
                );
            }
        },
        Err(error) => return count_as_anyone(request, error),
    };
    match shown {
        Ok(token) => {
            admit(request, Caller::Principal(token.principal.uuid()))?;
            Ok(Principal { id: token.principal })
        }
        Err(InvalidToken::NotOurs) => {
            count_as_anyone(request, ApiError::unauthenticated("the token is not one of ours"))
        }
        // It was ours: whoever shows it needs to be told that they need another one.
        Err(InvalidToken::Expired) => Err(ApiError::token_expired()),
    }
}

/// Nobody guesses at keys and tokens as fast as they like.
pub(super) fn count_as_anyone<T>(request: &HttpRequest, error: ApiError) -> Result<T, ApiError> {
    admit(request, Caller::Anyone)?;
    Err(error)
}

/// Whether a request shows that it comes from whom it says. Whether that one may do what it asks is said later.
pub(crate) fn has_shown(request: &HttpRequest, asker: Asker, now: Timestamp) -> bool {
    let (state, shown) = (state(request), bearer(request).ok().flatten());
    let is_guest = |token: &str| state.guest_tokens.verify(token, now).is_ok();
    match (asker, shown) {
        (Asker::Staff, Some(shown)) => staff::is_shown(request, shown, now),
        (Asker::Staff, None) => false,
        (Asker::Guest, Some(token)) => is_guest(token),
        (Asker::Guest, None) => request.cookie(COOKIE).is_some_and(|cookie| is_guest(cookie.value())),
    }
}

/// What stands behind `Authorization: Bearer`.
pub(super) fn bearer(request: &HttpRequest) -> Result<Option<&str>, ApiError> {
    let Some(value) = header(request, &AUTHORIZATION)? else { return Ok(None) };
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(ApiError::unauthenticated("the scheme is Bearer"));
    }
    Ok(Some(token.trim()))
}

/// Counts the request, and leaves what is left of the allowance for the door to write.
pub(crate) fn admit(request: &HttpRequest, caller: Caller) -> Result<(), ApiError> {
    let address = Arrival::of(request).address;
    match state(request).rate_limits.check(caller, address) {
        Ok(None) => Ok(()),
        Ok(Some(allowance)) => {
            request.extensions_mut().insert(allowance);
            Ok(())
        }
        Err(refused) => {
            let (error, allowance) = refused.into_parts();
            request.extensions_mut().insert(allowance);
            Err(error)
        }
    }
}
