//! The engine against a real PostgreSQL: a database of its own for each test, all in one program.

mod blame;
mod cart;
mod cart_checkout;
mod catalog;
mod checkout;
mod crowded;
mod desk;
mod embedded;
mod fixture;
mod import;
mod journal;
mod order;
mod outbox;
mod postgres;
mod pruning;
mod role;
mod schema;
mod search;
mod seed;
mod shop;
mod silence;
mod standby;
mod stockroom;
mod stranger;
mod takeover;
mod verify;
