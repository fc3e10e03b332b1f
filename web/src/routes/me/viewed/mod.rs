//! What you looked at lately, if the storefront says so.

mod clear;
mod list;
mod put;

pub(super) use list::ViewedView;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, put, clear);
}
