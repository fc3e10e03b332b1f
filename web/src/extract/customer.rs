//! Who has signed in: an account, whatever its role, by access token.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use engine::id::{AccountId, SessionId, StoreId};
use identity::access::Role;

use super::principal::{Shown, admit, shown};
use crate::error::ApiError;
use crate::middleware::Caller;

/// A caller who has signed in, and has not asked too often.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    pub account: AccountId,
    /// The one that it asks in.
    pub session: SessionId,
    /// Whose shop is asked, and the account's.
    pub store: StoreId,
    pub role: Role,
    /// Whether a second factor was shown.
    pub second_factor: bool,
}

impl FromRequest for Customer {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(customer(request))
    }
}

fn customer(request: &HttpRequest) -> Result<Customer, ApiError> {
    match shown(request)? {
        Shown::Customer(access) => {
            admit(request, Caller::Principal(access.account.uuid()))?;
            Ok(Customer {
                account: access.account,
                session: access.session,
                store: access.store,
                role: access.role,
                second_factor: access.second_factor,
            })
        }
        Shown::Guest(guest) => {
            admit(request, Caller::Principal(guest.principal.uuid()))?;
            Err(ApiError::unauthenticated("this is for who has an account: log in with POST /api/v1/auth/login"))
        }
    }
}
