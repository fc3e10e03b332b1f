//! Who looks after the shop: somebody of its staff, one of its sellers, or a machine with a secret key. A route names the
//! scope that it needs: `Staff<CatalogWrite>`.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use engine::audit::{Actor, Who};
use engine::clock::Timestamp;
use engine::id::{AccountId, PrincipalId, StoreId};
use identity::access::{KeyKind, Scope, Shown, StaffSecondFactor, Unusable, admits_staff};
use identity::staff::Reach;
use identity::token::{Access, InvalidToken};

use super::needs::Needs;
use super::principal::{admit, bearer, count_as_anyone};
use super::state;
use crate::error::ApiError;
use crate::middleware::{Arrival, Caller};

/// A caller who has shown who it is, may do what `P` names, and has not asked too often.
#[derive(Debug)]
pub struct Staff<P> {
    /// The shop that it looks after.
    pub store: StoreId,
    asker: Asker,
    address: IpAddr,
    trace_id: String,
    needs: PhantomData<fn() -> P>,
}

/// Who shows what.
#[derive(Debug, Clone)]
enum Asker {
    Account(Access),
    Key(Shown),
}

impl<P> Staff<P> {
    /// Who stands behind what it changes.
    pub fn actor(&self) -> Actor {
        Actor { who: self.asker.who(), address: Some(self.address), trace_id: Some(self.trace_id.clone()) }
    }

    /// `None`: it is a machine.
    pub fn account(&self) -> Option<AccountId> {
        match self.asker.who() {
            Who::Account(account) => Some(account),
            Who::Key(_) | Who::Operator | Who::Shop => None,
        }
    }

    /// Whose accounts it may make, change and block.
    pub fn reach(&self) -> Reach {
        Reach::Staff(Scope::ALL.iter().copied().filter(|&scope| self.may(scope)).collect())
    }

    pub fn may(&self, scope: Scope) -> bool {
        self.asker.may(scope)
    }

    /// Under whom its requests are remembered.
    pub fn principal(&self) -> PrincipalId {
        self.asker.principal()
    }
}

impl<P: Needs> FromRequest for Staff<P> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(staff(request, P::SCOPE).map(|(asker, arrival)| Self {
            store: arrival.store,
            asker,
            address: arrival.address,
            trace_id: arrival.trace.id().to_owned(),
            needs: PhantomData,
        }))
    }
}

impl Asker {
    fn who(&self) -> Who {
        match self {
            Self::Account(access) => Who::Account(access.account),
            Self::Key(key) => Who::Key(key.id),
        }
    }

    fn may(&self, scope: Scope) -> bool {
        match self {
            Self::Account(access) => access.role.may(scope),
            Self::Key(key) => key.may(scope),
        }
    }

    /// A key shows all there is to show.
    fn has_shown_enough(&self, policy: StaffSecondFactor) -> bool {
        match self {
            Self::Account(access) => admits_staff(access.role, access.second_factor, policy),
            Self::Key(_) => true,
        }
    }

    fn principal(&self) -> PrincipalId {
        match self {
            Self::Account(access) => access.account.principal(),
            Self::Key(key) => key.principal(),
        }
    }

    fn store(&self) -> StoreId {
        match self {
            Self::Account(access) => access.store,
            Self::Key(key) => key.store,
        }
    }
}

fn staff(request: &HttpRequest, needed: Scope) -> Result<(Asker, Arrival), ApiError> {
    let arrival = Arrival::of(request);
    let asker = identify(request, &arrival).or_else(|error| count_as_anyone(request, error))?;
    let Some(asker) = asker else {
        // A guest, who may do nothing of the kind.
        admit(request, Caller::Anyone)?;
        return Err(ApiError::forbidden(needed.name()));
    };
    admit(request, Caller::Staff(asker.principal().uuid()))?;
    if !asker.may(needed) {
        return Err(ApiError::forbidden(needed.name()));
    }
    if !asker.has_shown_enough(state(request).staff_second_factor) {
        return Err(ApiError::second_factor_not_shown());
    }
    Ok((asker, arrival))
}

/// `None`: a guest of the shop.
fn identify(request: &HttpRequest, arrival: &Arrival) -> Result<Option<Asker>, ApiError> {
    let state = state(request);
    let Some(shown) = bearer(request)? else {
        return Err(ApiError::unauthenticated("send an access token or a secret key as Authorization: Bearer"));
    };
    let asker = if is_key(shown) {
        match state.identity.keys().check(shown, arrival.now) {
            Ok(key) => Asker::Key(key),
            Err(Unusable::Expired) => return Err(ApiError::key_expired()),
            Err(Unusable::Unknown | Unusable::Revoked) => {
                return Err(ApiError::unauthenticated("this key opens nothing"));
            }
        }
    } else if state.guest_tokens.verify(arrival.store, shown, arrival.now).is_ok() {
        return Ok(None);
    } else {
        match state.identity.sessions().verify(shown, arrival.now) {
            Ok(access) => Asker::Account(access),
            Err(InvalidToken::NotOurs) => {
                return Err(ApiError::unauthenticated("this is no token or key of this shop"));
            }
            Err(InvalidToken::Expired) => return Err(ApiError::access_token_expired()),
            Err(InvalidToken::Ended) => return Err(ApiError::session_ended()),
        }
    };
    // Whoever is let in here is nobody next door.
    if asker.store() != arrival.store {
        return Err(ApiError::unauthenticated("this is no key of this shop"));
    }
    Ok(Some(asker))
}

/// Whether the request shows somebody who looks after this shop.
pub(super) fn is_shown(request: &HttpRequest, shown: &str, store: StoreId, now: Timestamp) -> bool {
    let identity = &state(request).identity;
    if is_key(shown) {
        // A publishable one stands in the pages of a storefront, for everybody to read.
        let looks_after = |key: Shown| key.store == store && key.kind == KeyKind::Secret;
        identity.keys().check(shown, now).is_ok_and(looks_after)
    } else {
        // Whoever has a role with scopes looks after something.
        let looks_after = |access: Access| access.store == store && !access.role.scopes().is_empty();
        identity.sessions().verify(shown, now).is_ok_and(looks_after)
    }
}

fn is_key(shown: &str) -> bool {
    KeyKind::ALL.into_iter().any(|kind| shown.starts_with(kind.prefix()))
}
