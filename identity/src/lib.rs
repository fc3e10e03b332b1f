//! Who is asking: accounts, sessions, roles, keys, and the messages that reach people.
//!
//! Beside the engine and not in it: what is here changes for other reasons than the sale does, brings TLS, mail and OpenID
//! Connect, and must never stand in an order's way. It knows the engine (database, clock, ids, carts, orders); the engine
//! does not know it. It knows no HTTP server.

pub mod access;
pub mod account;
mod arrival;
pub mod codes;
pub mod customer;
pub mod federation;
mod ground;
mod identity;
pub mod notification;
mod one_time;
pub mod outbound;
pub mod password;
pub mod proof;
pub mod reach;
pub mod redis;
mod schema;
pub mod seal;
pub mod second_factor;
pub mod session;
mod settings;
pub mod staff;
pub mod throttle;
pub mod token;
mod unreadable;

pub use identity::{Identity, TOPIC};
pub use settings::Settings;
