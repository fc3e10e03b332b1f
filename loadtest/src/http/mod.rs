//! HTTP/1.1 as a load generator needs it: cheap, exact about failures, and nothing more.
//!
//! `Connection` is the measured path: one keep-alive connection, one request at a time, one write and
//! usually one read per exchange. `Client` is for the unhurried work before and after a rush. A general
//! client (hyper) costs about twice the processor time per request, which on a shared machine
//! is taken from the shop that is being measured.
//!
//! Knows no TLS, no redirects, no HTTP/2: a shop is tested on its own port, not through a proxy.

mod client;
mod connection;
mod request;
mod response;
mod target;

pub(crate) use client::{Client, Reply};
pub(crate) use connection::{Connection, Fault};
pub(crate) use request::Request;
pub(crate) use response::Head;
pub(crate) use target::Target;
