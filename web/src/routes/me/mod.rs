//! One's own account.

mod ask_to_confirm;
mod change_email;
mod change_password;
mod identities;
mod second_factor;
mod sessions;

use super::router::{Routes, add};
use crate::error::Code;

/// It is not the password, somebody has the address, or the account is gone in this very moment.
const KNOWING: &[Code] = &[Code::InvalidCredentials, Code::AlreadyExists, Code::NotFound];

/// What is confirmed is not confirmed again; nor is who is gone.
const CONFIRMED: &[Code] = &[Code::InvalidState, Code::NotFound];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, change_password: KNOWING, change_email: KNOWING, ask_to_confirm: CONFIRMED);
    sessions::routes(routes);
    second_factor::routes(routes);
    identities::routes(routes);
}
