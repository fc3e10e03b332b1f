//! The audit trail: who changed what in the shop, when, and from where; what it was before and is after.
//!
//! A line is written in the transaction of the change that it tells of: neither is there without the other. Lines are added
//! and never changed; what is personal of people never enters one, so that erasing a person need not touch the trail.

mod actor;
mod difference;
mod entry;
mod personal;
mod place;
mod record;
pub mod store;

pub use actor::{Actor, UnknownWho, Who};
pub use entry::{Entry, Subject};
pub use place::{NoPlace, Place};
pub use record::{Filter, Record};
