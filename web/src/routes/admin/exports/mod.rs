//! Products and stock out of the running shop, streamed page by page. What comes out can be imported again.

mod products;
mod stock;
mod stream;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, products, stock);
}
