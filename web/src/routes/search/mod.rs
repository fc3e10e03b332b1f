//! What a storefront asks while somebody types, and tells of what they chose.

mod asked;
mod click;
mod suggest;

pub(crate) use asked::Asked;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, click, suggest);
}
