//! The index as its users meet it: real directories, the public interface only.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod availability;
mod damage;
mod explaining;
mod facet_choice;
mod facets;
mod filters;
mod fixture;
mod hostile;
mod judged;
mod languages;
mod meaning;
mod misspelling;
mod model;
mod paging;
mod rebuilding;
mod relevance;
mod rules;
mod signals;
mod suggesting;
mod synonyms;
mod typing;
mod writing;
