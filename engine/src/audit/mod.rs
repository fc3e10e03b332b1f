//! Who changed what in the shop, and from where.

mod actor;

pub use actor::{Actor, Who};
