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

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, get, confirm, cancel, pack, ship, deliver, return_goods, extend);
}
