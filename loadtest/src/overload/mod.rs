//! More buyers than the shop can serve: how many are served all the same, how long they wait, how fast the others are told
//! to come back, and how soon it is over.
//!
//! The buyers are made on the machine that the shop runs on. So a buyer is as cheap as possible (`storm`), and how many
//! of them could be sent at all is one of the figures.

mod course;
mod promised;
mod storm;

pub(crate) use course::Course;
