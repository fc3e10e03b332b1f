//! One's own second factor.

mod confirm;
mod disable;
mod enrol;
mod recovery_codes;
mod shown;
mod status;

use super::super::router::{Routes, add};
use crate::error::Code;

/// There is one already, or it is not the password.
const ENROLLING: &[Code] = &[Code::InvalidState, Code::InvalidCredentials, Code::NotFound];
/// There is none, or there is one already; or this is no code of it.
const SHOWING: &[Code] = &[Code::InvalidState, Code::CodeWrong];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, status, enrol: ENROLLING, confirm: SHOWING, recovery_codes: SHOWING, disable: SHOWING);
}
