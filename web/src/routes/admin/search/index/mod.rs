//! The search index of this server: one for all its stores.

mod get;
mod rebuild;
mod view;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get, rebuild);
}
