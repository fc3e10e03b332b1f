//! Signing in with a code that is sent to an address: e-mail or phone.

mod send;
mod verify;

use super::super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, send, verify);
}
