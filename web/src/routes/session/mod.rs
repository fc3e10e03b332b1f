//! Guests: who asks without an account.

mod create;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, create);
}
