//! The shop's API as this program knows it: paths, bodies and answers, and nothing else.
//!
//! Only this folder changes when the API does. Answers name the fields that are looked at; whatever else
//! the shop says is skipped.

mod account;
mod admin;
mod buyer;
mod catalogue;
mod problem;
mod search_index;
mod system;
mod visitor;

pub(crate) use account::Account;
pub(crate) use admin::{Admin, Entry, Level, ListedOrder, NewProduct, NumberedChange};
pub(crate) use buyer::{Buyer, Cancelled, Item, Money, Placed, PlacedLine, Purchase};
pub(crate) use problem::{Short, problem_code, shortages};
pub(crate) use search_index::SearchIndex;
pub(crate) use system::{CommitTimes, skus_awake};
pub(crate) use visitor::{listed_categories, listed_products, listed_titles, search_for};
