//! What the search index costs those who buy, and how soon it knows what has changed.
//!
//! Peace and rebuild are measured one after the other in each round. Everybody is made on the machine that the shop runs
//! on: what the making takes is in the figures as well.

mod catalogue;
mod course;
mod freshness;
mod rebuild;
mod sale;

pub(crate) use course::Course;
