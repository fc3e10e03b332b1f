//! How fast: questions as shoppers ask them, and how long each took.

mod aims;
mod build;
mod latency;
mod page_cache;
mod probe;
mod process;
mod questions;
mod report;

pub(crate) use build::build;
#[cfg(feature = "peers")]
pub(crate) use build::size;
#[cfg(feature = "peers")]
pub(crate) use latency::Latencies;
pub(crate) use page_cache::forget;
pub(crate) use probe::{Effort, probe};
#[cfg(feature = "peers")]
pub(crate) use questions::Question;
pub(crate) use questions::{Kind, Questions};
pub(crate) use report::{KindProbed, Report, Spread, bytes, micros};
