//! Products, in whatever state.

mod add_variant;
mod archive;
mod change;
mod create;
mod get;
mod list;
mod view;

pub(crate) use change::Request as ProductPatchRequest;
pub(crate) use create::Request as ProductRequest;
pub(crate) use view::ProductView;

use crate::routes::admin::thing::MOVING;
use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create, get, change: MOVING, archive: MOVING, add_variant: MOVING);
}
