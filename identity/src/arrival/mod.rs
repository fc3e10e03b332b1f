//! Somebody has shown that an address is theirs: which account is it, and is there one at all.
//!
//! An address that nobody has proved may stand on anybody's account, for example on that of a stranger who registered with it
//! in order to be there when its owner comes. So an address that is proved opens an account on which it was proved before,
//! and no other: what a stranger left on an unproved one, who could still get in by it, goes.

mod rule;
mod store;

pub(crate) use store::{Arrival, Entered, arrive_in_op, take_over_in_op, was_overtaken};
