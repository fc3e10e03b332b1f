//! What has to be proved before something that is dear in a sale.

mod get;

pub(crate) use get::ChallengeView;

use super::router::{Routes, add};
use crate::error::Code;

/// For a cart it is asked whose.
const NAMING: &[Code] = &[Code::Unauthenticated, Code::TokenExpired];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get: NAMING);
}
