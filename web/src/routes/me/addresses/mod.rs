//! Where you have parcels sent.

mod change;
mod create;
mod get;
mod list;
mod remove;
mod view;

pub(super) use view::AddressView;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create, get, change, remove);
}
