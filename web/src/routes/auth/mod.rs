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

pub(super) use accepted::Accepted;
pub(super) use account_view::AccountView;
pub(super) use guess::begin_own_guess;

use super::router::{Routes, add};
use crate::error::Code;

/// In a sale whoever comes new may have to show that they are worth it.
const PROVING: &[Code] = &[Code::ProofOfWorkRequired];

/// Whom nobody knows, who may not come in, of whom more is asked, and whose password was changed while they came.
const COMING: &[Code] = &[
    Code::InvalidCredentials,
    Code::AccountBlocked,
    Code::EmailNotConfirmed,
    Code::SecondFactorRequired,
    Code::Unauthenticated,
];

/// The link opens nothing.
const OPENING: &[Code] = &[Code::LinkInvalid];

/// Nor does one for an address that somebody else has confirmed meanwhile.
const CONFIRMING: &[Code] =
    &[Code::LinkInvalid, Code::AlreadyExists, Code::InvalidCredentials, Code::Unauthenticated, Code::NotFound];

/// Who has shown who they are, and may not come in all the same, or whose account changed in that moment.
const KNOWN: &[Code] = &[Code::InvalidCredentials, Code::AccountBlocked, Code::Unauthenticated];

/// A code that is not it, or none any more.
const ANSWERING: &[Code] = &[Code::CodeWrong, Code::ChallengeOver];

/// Without the cookie there is nothing to go on with.
const STAYING: &[Code] = &[Code::Unauthenticated];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, register: PROVING, login: COMING, refresh: STAYING, logout);
    add!(routes, forgot_password, reset_password: OPENING, confirm_email: CONFIRMING);
    add!(routes, second_factor: &[KNOWN, ANSWERING].concat()[..]);
    otp::routes(routes);
    oidc::routes(routes);
}
