//! The shop's rules and the actors that guard them. Knows no HTTP.
//!
//! Three floors: shared words <- domains <- the processes that cross domains (`checkout`, `search`). A domain is seen by
//! others only through its face: its `Handle`, its events, its public types.

// --- shared words
pub mod clock;
pub mod error;
pub mod id;
pub mod internet;
pub mod money;
pub mod mutant;
pub mod quantity;

// --- ground: the database, the actors' kit, the writer
pub mod actor;
pub mod audit;
pub mod background;
mod fail_point;
pub mod idempotency;
pub mod journal;
pub mod outbox;
pub mod postgres;
pub mod runtime;
pub mod verify;

// --- domains
pub mod cart;
pub mod catalog;
pub mod inventory;
pub mod merchandising;
pub mod order;
pub mod pricing;
pub mod searched;
pub mod tenant;

// --- processes that cross domains
pub mod checkout;
pub mod desk;
pub mod pruning;
pub mod search;
pub mod seed;
pub mod transfer;

// --- all of it together
mod engine;
mod memory;
pub mod sale;
mod settings;
pub use engine::{Engine, Status};
pub use settings::Settings;
