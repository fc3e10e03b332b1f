//! Where you are signed in.

mod end;
mod list;

pub(super) use list::SessionView;

use super::super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, end);
}
