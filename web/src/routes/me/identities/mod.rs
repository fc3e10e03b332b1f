//! Who one is elsewhere, and signs in with.

mod link;
mod list;
mod unlink;

use super::super::router::{Routes, add};
use crate::error::Code;

/// One account elsewhere is one account here.
const LINKING: &[Code] = &[Code::AlreadyLinked];

/// The last way in stays.
const UNLINKING: &[Code] = &[Code::InvalidState];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, link: LINKING, unlink: UNLINKING);
}
