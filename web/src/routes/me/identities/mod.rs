//! Who one is elsewhere, and signs in with.

mod link;
mod list;
mod unlink;

pub(super) use list::IdentityView;

use super::super::router::{Routes, add};
use crate::error::Code;

/// A shop without an address to come back to, or somebody who has not shown enough to go.
const LEAVING: &[Code] = &[Code::SignInFailed, Code::InvalidCredentials, Code::EmailNotConfirmed, Code::NotFound];
/// The last way in stays.
const UNLINKING: &[Code] = &[Code::InvalidState];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, link: LEAVING, unlink: UNLINKING);
}
