//! Signing in and out with an account.

mod account_view;
mod email;
mod login;
mod logout;
mod refresh;
mod refresh_cookie;
mod register;
pub(crate) mod signed_in;
mod throttle;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, register, login, refresh, logout);
}
