//! The books of one SKU: levels, ledger, holds, and changes from outside a sale.

mod adjust;
mod change;
mod get;
mod holds;
mod ledger;
mod receive;
mod set;
mod transfer;
mod view;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get, ledger, holds, receive, adjust, set, transfer);
}
