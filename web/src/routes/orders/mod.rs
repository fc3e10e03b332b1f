//! A buyer's own orders.

mod cancel;
mod get;
mod list;
pub(super) mod view;
mod whose;

pub(super) use cancel::Request as CancelRequest;
pub(super) use view::OrderView;
pub(super) use whose::of_customer;

use super::router::{Routes, add};
use crate::error::Code;

const CANCELLING: &[Code] = &[Code::InvalidState];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, get, cancel: CANCELLING);
}
