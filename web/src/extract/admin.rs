//! Who looks after the shop: whoever has the one key of the configuration. Accounts come later.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::principal::{admit, bearer, count_as_anyone};
use super::state;
use crate::error::ApiError;
use crate::middleware::{Arrival, Caller};

/// The key's digest: of equal length whatever is shown, so that the comparison says nothing about the key.
pub struct AdminKey([u8; 32]);

/// A caller who has shown the key.
#[derive(Debug, Clone, Copy)]
pub struct Admin;

impl AdminKey {
    pub fn new(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    pub(super) fn opens(&self, shown: &str) -> bool {
        <[u8; 32]>::from(Sha256::digest(shown)).ct_eq(&self.0).into()
    }
}

impl FromRequest for Admin {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admin(request))
    }
}

fn admin(request: &HttpRequest) -> Result<Admin, ApiError> {
    identify(request).or_else(|error| count_as_anyone(request, error))?;
    admit(request, Caller::Admin)?;
    Ok(Admin)
}

fn identify(request: &HttpRequest) -> Result<(), ApiError> {
    let state = state(request);
    let Some(shown) = bearer(request)? else {
        return Err(ApiError::unauthenticated("send the admin key as Authorization: Bearer"));
    };
    if state.admin_key.opens(shown) {
        return Ok(());
    }
    let now = Arrival::of(request).now;
    match state.guest_tokens.verify(shown, now) {
        Ok(_) => Err(ApiError::forbidden("admin")),
        Err(_) => Err(ApiError::unauthenticated("this is not the admin key")),
    }
}
