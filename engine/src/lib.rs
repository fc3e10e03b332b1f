//! The shop's rules and the actors that guard them. Knows no HTTP.
//!
//! Three floors: shared words <- domains <- the processes that cross domains (`checkout`, `search`). A domain is seen by
//! others only through its face: its `Handle`, its events, its public types.

// --- shared words
pub mod clock;
pub mod error;
pub mod id;
pub mod money;
pub mod quantity;

// --- ground: the database
pub mod postgres;

// --- domains
pub mod catalog;
pub mod order;
pub mod pricing;
