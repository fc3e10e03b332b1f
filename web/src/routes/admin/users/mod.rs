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

use engine::id::AccountId;
use identity::account::Account;
use identity::staff::Turn;

use crate::error::{ApiError, Code};
use crate::extract::needs::StaffWrite;
use crate::routes::admin::thing::{Change, MOVING};
use crate::routes::router::{Routes, add};

/// Somebody's account, turned by who may do what they may.
async fn turned(change: Change<StaffWrite, AccountId>, turn: Turn) -> Result<Account, ApiError> {
    let who = (change.staff.store, change.id);
    let by = (change.staff.actor(), change.staff.reach());
    Ok(change.users().turn(who, change.expected, turn, by).await?)
}

/// Whose address has an account already.
const INVITING: &[Code] = &[Code::AlreadyExists];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create: INVITING, get, change: MOVING, block: MOVING, unblock: MOVING);
}
