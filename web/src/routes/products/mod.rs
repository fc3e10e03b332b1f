//! What is for sale, for everybody. Answered from memory and from the search index, never from the stock actors.

mod asking;
mod detail;
mod explanation;
mod get;
mod list;
mod listing;

pub(in crate::routes) use asking::AskingWithin;
pub(crate) use get::sellable_of;
pub(in crate::routes) use list::{Listed, listing, next_page};
pub(in crate::routes) use listing::ListingView;

use super::router::{Routes, add};
use crate::error::Code;

/// Who may not ask why.
const EXPLAINING: &[Code] = &[Code::Forbidden];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, get, list: EXPLAINING);
}
