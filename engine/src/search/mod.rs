//! Looking for products: keeps the search index in step with the catalogue and the stock, and asks it.
//!
//! ```text
//!  catalogue change --outbox--> indexer thread --reads the rows again--> projection --> index --> pages of results
//!  stock change -----outbox--/                 \--availability, in memory, at once ----/
//! ```
//!
//! The index is a copy: it may be late by a moment, and is made again from the database when it is missing, damaged, of
//! another schema, or older than what the outbox still has. It stands on the third floor, for a document is made of the
//! catalogue and the stock.

mod card;
mod changes;
mod error;
mod handle;
mod indexer;
mod projection;
mod reindex;
mod sources;
mod store;
mod watermark;

pub use card::{Card, CardBrand, CardCategory, CardImage};
pub use error::Error;
pub use handle::{Listed, Results, Search, Settings, Suggested};
pub use indexer::{Heard, Indexer, Step};
pub use projection::{LOW_AT, availability};
pub use reindex::{Progress, Reindexed, reindex};
pub use search_index::{
    Availability, Bucket, Exclusions, Explanation, Facet, FacetKind, Factor, Filters, Matching, NumberRange, Paging,
    Query, QueryError, RebuildReason, Sort, Status, Suggest, SuggestedName, SuggestedScope, WordMatch,
};
pub use sources::Sources;
