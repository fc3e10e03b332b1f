//! Customers' accounts, for who helps them.

mod block;
mod get;
mod list;
mod unblock;
mod view;

use engine::id::AccountId;
use identity::account::Account;
use identity::staff::{Reach, Turn};

use crate::error::ApiError;
use crate::extract::needs::CustomersWrite;
use crate::routes::admin::thing::{Change, MOVING};
use crate::routes::router::{Routes, add};

async fn turned(change: Change<CustomersWrite, AccountId>, turn: Turn) -> Result<Account, ApiError> {
    let who = (change.staff.store, change.id);
    let by = (change.staff.actor(), Reach::Customers);
    Ok(change.users().turn(who, change.expected, turn, by).await?)
}

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, get, block: MOVING, unblock: MOVING);
}
