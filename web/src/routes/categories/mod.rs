//! The tree of categories, for everybody.

mod get;
mod list;
mod view;

pub(super) use view::AttributeDefinitionView;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, get);
}
