//! Signing in with a code that is sent to an address: e-mail or phone.

mod send;
mod verify;

use super::super::router::{Routes, add};
use crate::error::Code;

/// What is shown was wrong, or is asked for no more; and whoever has a second factor shows that too.
const SHOWING: &[Code] = &[Code::CodeWrong, Code::ChallengeOver, Code::AccountBlocked, Code::SecondFactorRequired];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, send, verify: SHOWING);
}
