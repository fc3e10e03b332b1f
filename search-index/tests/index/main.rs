//! The index as its users meet it: real directories, the public interface only.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod availability;
mod damage;
mod facets;
mod filters;
mod fixture;
mod paging;
mod rebuilding;
mod relevance;
mod writing;
