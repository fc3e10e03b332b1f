//! One's own account.

mod sessions;

use super::router::Routes;

pub(super) fn routes(routes: &mut Routes) {
    sessions::routes(routes);
}
