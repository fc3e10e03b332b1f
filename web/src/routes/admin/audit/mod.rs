//! The audit trail: who changed what. Read, never written: each change writes its own line.

mod get;
mod list;
mod view;

use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, get);
}
