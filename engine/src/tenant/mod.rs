//! The stores of one installation, and the names by which shoppers reach them.
//!
//! Every row of a shop carries its store, and every question names one; which store a request is for is decided once, at
//! the door, from what is in memory here.

mod draft;
mod error;
mod handle;
mod host;
mod store;

pub use draft::StoreDraft;
pub use error::Error;
pub use handle::{TOPIC, Tenant, Tenants};
pub use host::{Host, NotAHost};
