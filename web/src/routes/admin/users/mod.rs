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

use identity::access::Role;

use crate::error::{ApiError, Code};
use crate::extract::Staff;
use crate::extract::needs::Needs;
use crate::routes::admin::thing::MOVING;
use crate::routes::router::{Routes, add};

/// Nobody makes somebody else, or themselves under another name, more than they are. What sellers may is theirs alone.
fn may_appoint<P: Needs>(staff: &Staff<P>, role: Role) -> Result<(), ApiError> {
    let withheld = role.scopes().iter().copied().find(|&scope| role != Role::Seller && !staff.may(scope));
    withheld.map_or(Ok(()), |scope| Err(ApiError::forbidden(scope.name())))
}

/// Whose address has an account already.
const INVITING: &[Code] = &[Code::AlreadyExists];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create: INVITING, get, change: MOVING, block: MOVING, unblock: MOVING);
}
