//! What plain SQL does on this machine, behind the same kind of HTTP and driven by the same client.
//!
//! A ratio is worth more than a rate: the machine, its disk and its neighbours are in both numbers.
//! Everything here lives in a schema of its own, which is dropped afterwards.

mod database;
mod empty;
mod endpoint;
mod pool;
mod purchase;
mod schema;
mod shopper;
mod trial;

pub(crate) use database::Database;
pub(crate) use empty::EmptyServer;
pub(crate) use endpoint::Way;
pub(crate) use schema::Schema;
pub(crate) use shopper::Get;
pub(crate) use trial::{Setting, Trial};
