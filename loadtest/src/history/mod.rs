//! What was asked of a shop and what it answered, call by call: written down while a run goes on, checked afterwards.
//!
//! Each answer about stock names the account (SKU and location) and the number of the change that it is, or that it was
//! true at. So nobody has to search for an order in which the answers make sense: the numbers say it, and checking is
//! sorting. The checker shares no code with the engine; what stock may do it knows from a small model of its own.

mod call;
mod check;
mod file;
mod generate;

pub(crate) use check::check;
pub(crate) use file::{read, write};
pub(crate) use generate::{Generator, Shape};
