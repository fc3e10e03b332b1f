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

use crate::error::Code;
use crate::routes::router::{Routes, add};

/// More than there is cannot be taken away.
const TAKING: &[Code] = &[Code::OutOfStock];

/// A count says which count it replaces.
const COUNTING: &[Code] = &[Code::VersionConflict];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get, ledger, holds, receive, adjust: TAKING, set: COUNTING, transfer: TAKING);
}
