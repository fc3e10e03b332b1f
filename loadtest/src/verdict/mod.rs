//! The verdict: what shoppers were told against what the shop's books say.
//!
//! `Claim` is what one shopper was told; `collect` asks the shop through the admin API; `judge` compares, and
//! is pure, so that it can be tried on doctored books. A sale that was fast and wrong has failed.

mod claim;
mod collect;
mod finding;
mod judge;
mod repeat;
mod resolve;
#[cfg(test)]
mod tests;

pub(crate) use claim::{Claim, Receipt};
pub(crate) use collect::collect;
pub(crate) use judge::{Told, Verdict, judge};
pub(crate) use repeat::repeat_some;
pub(crate) use resolve::resolve;
