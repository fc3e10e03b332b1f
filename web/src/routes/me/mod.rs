//! One's own account.

mod ask_to_confirm;
mod change_email;
mod change_password;
mod identities;
mod second_factor;
mod sessions;

use super::router::{Routes, add};
use crate::error::Code;

/// Who changes these knows the password.
const KNOWING: &[Code] = &[Code::InvalidCredentials, Code::AlreadyExists];

/// What is confirmed is not confirmed again.
const CONFIRMED: &[Code] = &[Code::InvalidState];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, change_password: KNOWING, change_email: KNOWING, ask_to_confirm: CONFIRMED);
    sessions::routes(routes);
    second_factor::routes(routes);
    identities::routes(routes);
}
