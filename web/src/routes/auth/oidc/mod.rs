//! Signing in with somebody else's account.

mod callback;
pub(crate) mod departing;
mod list;
mod provider;
mod start;

use super::super::router::{Routes, add};
use super::KNOWN;
use crate::error::Code;

/// What came back is not what was asked for.
const LEAVING: &[Code] = &[Code::SignInFailed];
/// Whose account it is cannot be said, or it is another's.
const LANDING: &[Code] = &[Code::SignInFailed, Code::SignInAndLink, Code::AlreadyLinked, Code::SecondFactorRequired];

pub(crate) use provider::ProviderName;

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, start: LEAVING, callback: &[KNOWN, LANDING].concat()[..]);
}
