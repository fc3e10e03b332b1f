//! The shop and the baseline side by side, in one run on one machine: rounds of everything, medians, ratios.
//!
//! What is held against each other is measured one after the other in each round, so that a neighbour's bad minute falls on
//! both sides of a ratio.

mod course;
mod figure;
mod figures;
mod footprint;
mod goals;
mod identity;
mod load;
mod ordeal;
mod plain;
mod process;
mod search;
mod shop;
mod table;
mod waiting;

pub(crate) use course::{Course, Extent};
pub(crate) use figure::Figure;
pub(crate) use figures::Figures;
pub(crate) use footprint::Footprint;
pub(crate) use goals::{Row, goals};
pub(crate) use identity::{auth_goals, logins_goals};
pub(crate) use load::{Honest, Load, Taken, Trouble};
pub(crate) use ordeal::{hostile_goals, overload_goals};
pub(crate) use plain::Plain;
pub(crate) use process::Process;
pub(crate) use search::{Search, search_goals};
pub(crate) use shop::ShopBench;
pub(crate) use table::publish;
pub(crate) use waiting::{EACH_ADDRESS, connect, source};
