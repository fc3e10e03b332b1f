//! A customer's own rooms: addresses, wishes, what they looked at, the orders they placed as a guest, and what becomes of all
//! that is known of them.
//!
//! Whatever changes something locks the account's row first, so that what a room may hold is counted exactly, and nothing is
//! put into the rooms of an account that is being erased. Owns the tables `addresses`, `wishlist_items`, `viewed_products`,
//! `order_claims`, `order_contacts` and `order_erasures`.

pub mod address;
mod claim;
mod erasure;
mod error;
mod handle;
mod known;
mod profile;
mod store;
mod viewed;
mod wishlist;

pub use claim::CONSUMER as CONTACTS_CONSUMER;
pub use erasure::Keep;
pub use error::Error;
pub use handle::Customers;
pub use known::Known;
pub use viewed::{VIEWED_MAX, Viewed};
pub use wishlist::{WISHES_MAX, Wish};
