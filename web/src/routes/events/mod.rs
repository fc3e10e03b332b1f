//! What happens now.

mod listen;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, listen);
}
