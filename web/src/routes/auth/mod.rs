//! Signing in and out with an account.

mod accepted;
mod account_view;
mod confirm_email;
mod email;
pub(crate) mod first_factor;
mod forgot_password;
mod guess;
mod login;
mod logout;
pub(crate) mod oidc;
mod otp;
mod refresh;
mod refresh_cookie;
mod register;
mod reset_password;
mod second_factor;
pub(crate) mod signed_in;
mod throttle;

pub(super) use accepted::Accepted;
pub(super) use throttle::admit_guess;

use super::router::{Routes, add};
use crate::error::Code;

/// Whom nobody knows, and who may not come in.
const COMING: &[Code] = &[Code::InvalidCredentials, Code::AccountBlocked, Code::EmailNotConfirmed];

/// Without the cookie there is nothing to go on with.
const STAYING: &[Code] = &[Code::Unauthenticated];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, register, login: COMING, refresh: STAYING, logout, forgot_password, reset_password, confirm_email);
    add!(routes, second_factor);
    otp::routes(routes);
    oidc::routes(routes);
}
