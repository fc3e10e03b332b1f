//! Signing in with somebody else's account.

mod callback;
pub(crate) mod departing;
mod list;
mod provider;
mod start;

use super::super::router::{Routes, add};
use crate::error::Code;

pub(crate) use provider::ProviderName;

/// What a provider sends back with whoever was sent there.
const RETURNING: &[Code] =
    &[Code::SignInFailed, Code::SignInAndLink, Code::AlreadyLinked, Code::AccountBlocked, Code::SecondFactorRequired];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, start, callback: RETURNING);
}
