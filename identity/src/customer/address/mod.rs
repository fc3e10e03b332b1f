//! The address book: where somebody has parcels sent.

mod book;
mod country;
mod draft;
mod postal_code;
pub(crate) mod store;

pub use book::ADDRESSES_MAX;
pub use draft::{Draft, Flaw};
pub use store::Address;
