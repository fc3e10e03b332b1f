//! The API as a client sees it: over a bound port, JSON in and out, status and document asserted.

mod app;
mod client;
mod door;
mod session;
mod system;
