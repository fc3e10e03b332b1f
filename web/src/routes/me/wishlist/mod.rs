//! What you would like to have.

mod list;
mod put;
mod remove;

pub(super) use list::WishView;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, put, remove);
}
