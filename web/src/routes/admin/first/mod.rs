//! The first admin of a shop, for whoever has its configuration.

mod create;

use crate::error::Code;
use crate::routes::router::{Routes, add};

/// Somebody else was.
const BEING_FIRST: &[Code] = &[Code::AlreadyExists];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, create: BEING_FIRST);
}
