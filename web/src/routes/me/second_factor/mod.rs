//! One's own second factor.

mod confirm;
mod disable;
mod enrol;
mod recovery_codes;
mod shown;
mod status;

use super::super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, status, enrol, confirm, recovery_codes, disable);
}
