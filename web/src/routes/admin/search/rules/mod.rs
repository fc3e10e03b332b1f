//! Rules that put products first, higher or lower when somebody searches.

mod change;
mod create;
mod fields;
mod get;
mod list;
mod remove;
mod view;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create, get, change, remove);
}
