//! Who one is elsewhere, and signs in with.

mod link;
mod list;
mod unlink;

use super::super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, link, unlink);
}
