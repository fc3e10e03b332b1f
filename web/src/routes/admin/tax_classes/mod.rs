//! Tax classes: what rate variants and shipping are taxed at.

mod archive;
mod change;
mod create;
mod get;
mod list;
mod restore;
mod view;

use crate::routes::admin::thing::MOVING;
use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create, get, change, archive: MOVING, restore: MOVING);
}
