//! Signing in with somebody else's account.

mod callback;
pub(crate) mod departing;
mod list;
mod provider;
mod start;

use super::super::router::{Routes, add};

pub(crate) use provider::ProviderName;

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, start, callback);
}
