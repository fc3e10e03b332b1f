//! What a storefront tells of searching.

mod asked;
mod click;

pub(crate) use asked::Asked;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, click);
}
