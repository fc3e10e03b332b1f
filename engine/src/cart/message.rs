//! What a cart is asked and told.

use actix::Message;

use crate::actor::Reply;
use crate::clock::Timestamp;
use crate::id::OrderId;

use super::cart::{Edit, Purpose};
use super::lane::{Answer, Seat};

/// "What is in it?" Answered with what is durable.
pub(super) struct View {
    pub(super) reply: Reply<Answer>,
}

/// "Change it." Answered when the change is durable.
pub(super) struct Apply {
    pub(super) edit: Edit,
    pub(super) expected_version: Option<i64>,
    pub(super) now: Timestamp,
    pub(super) seat: Seat,
    pub(super) reply: Reply<Answer>,
}

/// "I check it out, or merge it: keep everybody else away." Answered when all earlier changes are durable.
pub(super) struct Freeze {
    pub(super) purpose: Purpose,
    pub(super) expected_version: Option<i64>,
    pub(super) reply: Reply<Answer>,
}

/// "It came to nothing."
pub(super) struct Thaw {
    pub(super) checkout: u64,
}

/// "It became an order; the journal has written it."
pub(super) struct Convert {
    pub(super) checkout: u64,
    pub(super) order: OrderId,
    pub(super) at: Timestamp,
}

/// "The database said that it is not so: read the cart anew."
pub(super) struct Distrust;

impl Message for View {
    type Result = ();
}

impl Message for Apply {
    type Result = ();
}

impl Message for Freeze {
    type Result = ();
}

impl Message for Thaw {
    type Result = ();
}

impl Message for Convert {
    type Result = ();
}

impl Message for Distrust {
    type Result = ();
}
