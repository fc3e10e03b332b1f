//! A product search engine on Tantivy: documents in, pages of results with facets out.
//!
//! Knows no shop, no SQL, no actors and no `async`; every call runs on the caller's thread.
//! The index is a copy that can always be made again from whatever the caller keeps, so a
//! directory that is missing, damaged or of another schema is a reason to rebuild, not a failure.
//!
//! ```text
//!  ProductDocument --> Writer --commit--> generation on disk --publish--> Snapshot --> search --> Page
//!                      Rebuild --------> next generation -----swap------^      ^
//!  set_availability ------------------------------------ in memory, at once --/
//! ```

mod analysis;
mod cursor;
mod dictionary;
mod document;
mod error;
mod facet;
mod filter;
mod generation;
mod index;
mod matching;
mod order;
mod page;
mod price_range;
mod query;
mod ranking;
mod rebuild;
mod rhythm;
mod schema;
mod search;
mod segment;
mod snapshot;
mod writer;

pub use document::{Attribute, Availability, Brand, Category, ProductDocument};
pub use error::{Error, QueryError, RebuildReason};
pub use index::{Index, Status};
pub use page::{Bucket, Facet, FacetKind, Hit, Matching, Page};
pub use query::{Filters, Paging, Query, Sort};
pub use rebuild::Rebuild;
pub use rhythm::{Due, Rhythm, Waiting};
pub use writer::{Writer, Written};
