//! One's own products.

mod change;
mod create;
mod get;
mod list;
mod view;

use crate::routes::admin::thing::MOVING;
use crate::routes::router::{Routes, add};
use crate::routes::seller::own::NOBODY;

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list: NOBODY, create: NOBODY, get, change: MOVING);
}
