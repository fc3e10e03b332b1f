//! What somebody means to buy.

mod add_item;
mod change_item;
mod get;
mod remove_item;
mod view;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, add_item, get, change_item, remove_item);
}
