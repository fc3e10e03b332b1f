//! Who is asking: a guest, by bearer token or cookie, or a customer, by access token.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use engine::clock::Timestamp;
use engine::id::{AccountId, PrincipalId, StoreId};
use identity::token::{Access, InvalidToken as InvalidAccess};

use super::guest_token::PREFIX;
use super::{GuestToken, InvalidToken, header, staff, state};
use crate::error::ApiError;
use crate::middleware::{self, Allowance, Arrival, Asker, Caller};

/// The cookie that carries the token for pages of our own. `HttpOnly`, `SameSite=Strict`.
pub const COOKIE: &str = "doorbuster_session";

/// A caller who has shown who it is, and has not asked too often.
#[derive(Debug, Clone, Copy)]
pub struct Principal {
    pub id: PrincipalId,
    /// Whose shop is asked.
    pub store: StoreId,
    /// `None`: a guest.
    pub account: Option<AccountId>,
}

/// What a request shows of who it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    Guest(GuestToken),
    Customer(Access),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    NotOurs,
    /// It was ours.
    GuestExpired,
    AccessExpired,
    SessionEnded,
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
    let store = Arrival::of(request).store;
    match shown(request)? {
        Shown::Guest(token) => {
            admit(request, Caller::principal(token.principal.uuid(), request.method(), request.path()))?;
            Ok(Principal { id: token.principal, store, account: None })
        }
        Shown::Customer(access) => {
            admit(request, Caller::principal(access.account.uuid(), request.method(), request.path()))?;
            Ok(Principal { id: access.account.principal(), store, account: Some(access.account) })
        }
    }
}

/// Whom the request shows; counted where it shows nobody.
pub(super) fn shown(request: &HttpRequest) -> Result<Shown, ApiError> {
    let arrival = Arrival::of(request);
    let read = match bearer(request) {
        Ok(Some(token)) => read(request, arrival.store, token, arrival.now),
        Ok(None) => match request.cookie(COOKIE) {
            // Only a guest's token is ever in it.
            Some(cookie) => read(request, arrival.store, cookie.value(), arrival.now),
            None => {
                let error = "send an access token of POST /api/v1/auth/login, or the token of POST /api/v1/session, \
                             as Authorization: Bearer";
                return count_as_anyone(request, ApiError::unauthenticated(error));
            }
        },
        Err(error) => return count_as_anyone(request, error),
    };
    match read {
        Ok(shown) => Ok(shown),
        Err(Refused::NotOurs) => count_as_anyone(request, ApiError::unauthenticated("the token is not one of ours")),
        Err(Refused::SessionEnded) => count_as_anyone(request, ApiError::session_ended()),
        // It was ours: whoever shows it needs to be told that they need another one.
        Err(Refused::GuestExpired) => {
            count_as_anyone(request, ApiError::token_expired("get a new one from POST /api/v1/session"))
        }
        Err(Refused::AccessExpired) => count_as_anyone(request, ApiError::access_token_expired()),
    }
}

/// A good access token of this shop's, where one is shown. For who may do without.
pub(crate) fn access_shown(request: &HttpRequest) -> Option<Access> {
    let arrival = Arrival::of(request);
    let token = bearer(request).ok().flatten()?;
    match read(request, arrival.store, token, arrival.now) {
        Ok(Shown::Customer(access)) => Some(access),
        Ok(Shown::Guest(_)) | Err(_) => None,
    }
}

/// A guest's token that is still good, as bearer or cookie: whoever signs in may have been one until now.
pub(crate) fn guest_shown(request: &HttpRequest) -> Option<GuestToken> {
    let (arrival, cookie) = (Arrival::of(request), request.cookie(COOKIE));
    let token = bearer(request).ok().flatten().or(cookie.as_ref().map(|cookie| cookie.value()))?;
    state(request).guest_tokens.verify(arrival.store, token, arrival.now).ok()
}

/// Whoever is somebody in one shop is nobody next door.
fn read(request: &HttpRequest, store: StoreId, token: &str, now: Timestamp) -> Result<Shown, Refused> {
    let state = state(request);
    if token.starts_with(PREFIX) {
        return match state.guest_tokens.verify(store, token, now) {
            Ok(token) => Ok(Shown::Guest(token)),
            Err(InvalidToken::NotOurs) => Err(Refused::NotOurs),
            Err(InvalidToken::Expired) => Err(Refused::GuestExpired),
        };
    }
    match state.identity.sessions().verify(token, now) {
        Ok(access) if access.store != store => Err(Refused::NotOurs),
        Ok(access) => Ok(Shown::Customer(access)),
        Err(InvalidAccess::NotOurs) => Err(Refused::NotOurs),
        Err(InvalidAccess::Expired) => Err(Refused::AccessExpired),
        Err(InvalidAccess::Ended) => Err(Refused::SessionEnded),
    }
}

/// Nobody guesses at keys and tokens as fast as they like.
pub(super) fn count_as_anyone<T>(request: &HttpRequest, error: ApiError) -> Result<T, ApiError> {
    admit(request, Caller::Anyone)?;
    Err(error)
}

/// Whether a request shows that it comes from whom it says. Whether that one may do what it asks is said later.
pub(crate) fn has_shown(request: &HttpRequest, asker: Asker, store: StoreId, now: Timestamp) -> bool {
    let shown = bearer(request).ok().flatten();
    let is_shopper = |token: &str| read(request, store, token, now).is_ok();
    match (asker, shown) {
        (Asker::Staff, Some(shown)) => staff::is_shown(request, shown, store, now),
        (Asker::Staff, None) => false,
        (Asker::Shopper, Some(token)) => is_shopper(token),
        (Asker::Shopper, None) => request.cookie(COOKIE).is_some_and(|cookie| is_shopper(cookie.value())),
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
    leave_word(request, state(request).rate_limits.check(caller, address))
}

/// The same over all servers, and not a moment later: for newcomers and sign-ins.
pub(crate) async fn admit_everywhere(request: &HttpRequest, caller: Caller) -> Result<(), ApiError> {
    let address = Arrival::of(request).address;
    leave_word(request, state(request).rate_limits.check_everywhere(caller, address).await)
}

fn leave_word(request: &HttpRequest, checked: Result<Option<Allowance>, middleware::Refused>) -> Result<(), ApiError> {
    match checked {
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
