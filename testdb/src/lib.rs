//! One throw-away PostgreSQL for a run of the tests, a database of its own for each test, and a bad network to put
//! between; a throw-away Redis.
//!
//! Only ever a dev-dependency. The server is started when the first test of a program asks for it and dies with that
//! program, however that ends. `DOORBUSTER_TEST_DATABASE_URL` (of a superuser) uses a running server instead.
//!
//! Nothing here needs a runtime of the caller: it may be used from plain tests, tokio tests and actix tests alike.

mod database;
mod eventually;
mod proxy;
mod redis;
mod runtime;
mod server;

pub use database::TestDatabase;
pub use eventually::{eventually, eventually_async};
pub use proxy::{Counts, Link, Proxy, Spell};
pub use redis::TestRedis;
pub use runtime::Io;
pub use server::Frozen;
