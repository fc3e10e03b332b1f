//! The accounts of staff and sellers.

mod block;
mod change;
mod create;
mod get;
mod list;
mod unblock;
mod view;

pub(super) use create::address;
pub(super) use view::UserView;

use crate::error::Code;
use crate::routes::admin::thing::MOVING;
use crate::routes::router::{Routes, add};

/// Whose address has an account already.
const INVITING: &[Code] = &[Code::AlreadyExists];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create: INVITING, get, change: MOVING, block: MOVING, unblock: MOVING);
}
