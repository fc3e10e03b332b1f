//! What is for sale, for everybody. Answered from memory and from the search index, never from the stock actors.

mod detail;
mod get;
mod list;
mod listing;

pub(crate) use get::sellable_of;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get, list);
}
