//! Honest shoppers beside company that means harm, and whether they notice.
//!
//! Both are measured in one run, calm and disturbed one after the other. The attackers are made on the machine that the
//! shop runs on: what their making takes is in the figures as well.

mod attack;
mod course;
mod honest;

pub(crate) use course::Course;
