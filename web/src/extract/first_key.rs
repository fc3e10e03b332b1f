//! The admin key of the configuration: good for making the first admin, and for nothing else.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::principal::{admit, bearer, count_as_anyone};
use super::state;
use crate::error::ApiError;
use crate::middleware::Caller;

/// Its digest: of equal length whatever is shown, so that the comparison says nothing about the key. `None`: there is no
/// such key, and the command line makes the first admin.
pub struct AdminKey(Option<[u8; 32]>);

/// A caller who has shown it.
#[derive(Debug, Clone, Copy)]
pub struct FirstKey;

impl AdminKey {
    pub fn new(key: &str) -> Self {
        Self((!key.is_empty()).then(|| Sha256::digest(key).into()))
    }

    fn opens(&self, shown: &str) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        self.0.is_some_and(|key| shown[..].ct_eq(&key[..]).into())
    }
}

impl FromRequest for FirstKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(first_key(request))
    }
}

fn first_key(request: &HttpRequest) -> Result<FirstKey, ApiError> {
    // Counted as a sign-in: nobody guesses at it as fast as they like.
    admit(request, Caller::SigningIn)?;
    let shown = bearer(request).or_else(|error| count_as_anyone(request, error))?;
    if shown.is_some_and(|shown| state(request).admin_key.opens(shown)) {
        return Ok(FirstKey);
    }
    count_as_anyone(
        request,
        ApiError::unauthenticated("send the admin key of the configuration as Authorization: Bearer"),
    )
}
