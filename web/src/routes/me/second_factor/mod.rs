//! One's own second factor.

mod confirm;
mod disable;
mod enrol;
mod recovery_codes;
mod shown;
mod status;

use super::super::router::{Routes, add};
use crate::error::Code;

/// What is shown was wrong, or nothing is asked for.
const SHOWING: &[Code] = &[Code::CodeWrong, Code::ChallengeOver, Code::InvalidState];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, status, enrol: SHOWING, confirm: SHOWING, recovery_codes: SHOWING, disable: SHOWING);
}
