//! The shop and the baseline side by side, in one run on one machine: rounds of everything, medians, ratios.
//!
//! Rounds are interleaved, so that a neighbour's bad minute falls on both sides of a ratio.

mod figures;
mod goals;
mod plain;
mod shop;

pub(crate) use figures::{Figure, Figures};
pub(crate) use goals::{goals, show};
pub(crate) use plain::Plain;
pub(crate) use shop::ShopBench;
