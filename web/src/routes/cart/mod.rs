//! What somebody means to buy.

mod add_item;
mod change_item;
mod get;
mod merge;
mod remove_item;
mod view;

pub(crate) use merge::{CartMergedView, bring_along};

use super::router::{Routes, add};
use crate::error::Code;

/// Whoever pays for a cart does not see it change.
const EDITING: &[Code] = &[Code::CompletionInProgress];

/// In a sale nobody fills carts for nothing.
const FILLING: &[Code] = &[Code::CompletionInProgress, Code::ProofOfWorkRequired];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, add_item: FILLING, get, change_item: EDITING, remove_item: EDITING, merge: EDITING);
}
