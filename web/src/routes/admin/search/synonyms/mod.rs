//! Words that mean the same in this shop.

mod change;
mod create;
mod get;
mod list;
mod remove;
mod view;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create, get, change, remove);
}
