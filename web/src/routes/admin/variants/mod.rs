//! Variants: what a shopper buys.

mod archive;
mod change;
mod fields;
mod get;
mod restore;
mod view;

pub(super) use fields::VariantFields;
pub(super) use view::VariantView;

use crate::routes::admin::thing::MOVING;
use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get, change, archive: MOVING, restore: MOVING);
}
