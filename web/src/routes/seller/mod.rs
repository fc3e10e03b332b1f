//! For those who sell in somebody else's shop: their own goods, and what was sold of them. Another's are not there.

mod orders;
mod own;
mod products;

use super::router::Routes;

pub(super) fn routes(routes: &mut Routes) {
    products::routes(routes);
    orders::routes(routes);
}
