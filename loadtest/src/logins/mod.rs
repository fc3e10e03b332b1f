//! More logins than anybody can check, in the middle of a sale, and whether those who buy notice.
//!
//! Calm and storm are measured one after the other in each round. Those who log in are made on the machine that the shop
//! runs on: what their making takes is in the figures as well.

mod course;
mod storm;

pub(crate) use course::Course;
