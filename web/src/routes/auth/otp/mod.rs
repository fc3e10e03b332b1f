//! Signing in with a code that is sent to an address: e-mail or phone.

mod send;
mod verify;

use super::super::router::{Routes, add};
use super::{ANSWERING, KNOWN};
use crate::error::Code;

/// Whoever has a second factor is not in yet.
const HALFWAY: &[Code] = &[Code::SecondFactorRequired];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, send, verify: &[KNOWN, ANSWERING, HALFWAY].concat()[..]);
}
