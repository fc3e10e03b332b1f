//! Who is asking, on a real PostgreSQL. One binary, a database for each test.

mod accounts;
mod codes;
mod fixture;
mod keys;
mod notification;
mod sessions;
