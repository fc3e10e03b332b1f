//! One's own account.

mod addresses;
mod ask_to_confirm;
mod assured;
mod change;
mod change_email;
mod change_password;
mod claim_orders;
mod data;
mod erase;
mod get;
mod identities;
mod second_factor;
mod sessions;
mod view;
mod viewed;
mod wishlist;

use super::router::{Routes, add};
use crate::error::Code;

/// It is not the password, somebody has the address, or the account is gone in this very moment.
const KNOWING: &[Code] = &[Code::InvalidCredentials, Code::AlreadyExists, Code::NotFound];

/// What is confirmed is not confirmed again; nor is who is gone.
const CONFIRMED: &[Code] = &[Code::InvalidState, Code::NotFound];

/// Only an address that is known to be somebody's says what is theirs.
const CLAIMING: &[Code] = &[Code::EmailNotConfirmed];

/// Who works for the shop stays, and whoever does not know the password; whoever pays for a cart does not see it change.
const LEAVING: &[Code] = &[Code::Forbidden, Code::InvalidCredentials, Code::NotFound, Code::CompletionInProgress];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, change_password: KNOWING, change_email: KNOWING, ask_to_confirm: CONFIRMED);
    add!(routes, get, change, erase: LEAVING, data, claim_orders: CLAIMING);
    addresses::routes(routes);
    wishlist::routes(routes);
    viewed::routes(routes);
    sessions::routes(routes);
    second_factor::routes(routes);
    identities::routes(routes);
}
