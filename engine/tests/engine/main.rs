//! The engine against a real PostgreSQL: a database of its own for each test, all in one program.

mod catalog;
mod embedded;
mod fixture;
mod postgres;
mod verify;
