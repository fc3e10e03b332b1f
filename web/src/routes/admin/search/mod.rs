//! The shop's search: how it is asked, and how its index is.

mod index;
mod settings;

use crate::routes::router::Routes;

pub(super) fn routes(routes: &mut Routes) {
    settings::routes(routes);
    index::routes(routes);
}
