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
mod anywhere;
mod beginnings;
mod census;
mod cursor;
mod damage;
mod dictionary;
mod document;
mod embedding;
mod error;
mod explain;
mod facet;
mod filter;
mod generation;
mod index;
mod language;
mod matching;
mod meaning;
mod nearest;
mod order;
mod page;
mod price_range;
mod promotion;
mod query;
mod question;
mod ranking;
mod rebuild;
mod rhythm;
mod rules;
mod schema;
mod search;
mod segment;
mod sieve;
mod snapshot;
mod spelling;
mod suggest;
mod terms;
mod vocabulary;
mod writer;

pub use census::Indexed;
pub use document::{Attribute, Availability, Brand, Category, ProductDocument};
pub use embedding::Embedding;
pub use error::{EmbeddingError, Error, QueryError, RebuildReason};
pub use index::{Index, Status};
pub use language::Language;
pub use meaning::{Known, Meaning};
pub use page::{Bucket, Explanation, Facet, FacetKind, Factor, Hit, Matching, Page, WordMatch};
pub use query::{Exclusions, Filters, NumberRange, Paging, Query, Sort};
pub use ranking::Ranking;
pub use rebuild::Rebuild;
pub use rhythm::{Due, Rhythm, Waiting};
pub use rules::{Effect, Merchandising, Rules, Synonym, Target, When};
pub use suggest::{PopularQueries, Suggest, SuggestedName, SuggestedProduct, SuggestedScope, Suggestions};
pub use writer::{Writer, Written};
