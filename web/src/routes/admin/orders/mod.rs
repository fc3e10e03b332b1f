//! All orders, and moving them along.

mod cancel;
mod confirm;
mod deliver;
mod extend;
mod get;
mod list;
mod pack;
mod return_goods;
mod ship;
mod turn;
mod view;

use crate::error::Code;
use crate::routes::router::{Routes, add};

/// What an order is decides what it can become.
const MOVING: &[Code] = &[Code::InvalidState];

/// So does what it still holds.
const HELD: &[Code] = &[Code::InvalidState, Code::HoldExpired];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, get, confirm: HELD, cancel: MOVING, pack: MOVING, ship: MOVING, deliver: MOVING, return_goods: MOVING, extend: HELD);
}
