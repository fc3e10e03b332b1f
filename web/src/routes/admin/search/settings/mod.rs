//! How the shop is searched. There is one of it: it is read and changed, never made.

mod change;
mod get;
mod view;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get, change);
}
