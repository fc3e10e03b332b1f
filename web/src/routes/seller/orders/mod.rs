//! What was sold of one's own products.

mod list;
mod view;

use crate::routes::router::{Routes, add};
use crate::routes::seller::own::NOBODY;

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list: NOBODY);
}
