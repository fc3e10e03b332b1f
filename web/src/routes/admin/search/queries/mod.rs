//! What people searched for.

mod list;
mod view;
mod without_results;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, without_results);
}
