//! The API as a client sees it: over a bound port, JSON in and out, status and document asserted.

mod app;
mod attacks;
mod auth;
mod bad_input;
mod cart;
mod catalog;
mod checkout;
mod client;
mod door;
mod faults;
mod imports;
mod keys;
mod limits;
mod live;
mod nonsense;
mod numbers;
mod once;
mod orders;
mod pages;
mod products;
mod rights;
mod session;
mod stock;
mod stores;
mod system;
mod terms;
