//! Who is asking, on a real PostgreSQL and a real Redis. One binary, a database for each test.

mod accounts;
mod codes;
mod customers;
mod fixture;
mod keys;
mod notification;
mod outbound;
mod proof;
mod redis;
mod sessions;
mod throttle;
mod tidying;
