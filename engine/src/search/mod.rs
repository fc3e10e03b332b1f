//! Looking for products: keeps the search index in step with the catalogue and the stock, and asks it.
//!
//! ```text
//!  catalogue change --outbox--> indexer thread --reads the rows again--> projection --> index --> pages of results
//!  stock change -----outbox--/      |          \--availability, in memory, at once ----/             |
//!  sales --counted, outbox----/     \--rebuild thread--> a new generation --takes over--/     prices, stock read again
//! ```
//!
//! The index is a copy: it may be late by a moment, and is made again from the database when it is missing, damaged, of
//! another schema, or older than what the outbox still has. It stands on the third floor, for a document is made of the
//! catalogue and the stock.

mod building;
mod card;
mod changed;
mod changes;
mod compare;
mod error;
mod fresh;
mod freshness;
mod handle;
mod indexer;
mod keeping;
mod known;
mod languages;
mod meaning;
mod pace;
mod popularity;
mod priority;
mod projection;
mod reindex;
mod sale;
mod session;
mod signals;
mod sources;
mod store;
mod tuning;
mod watermark;

pub use card::{Card, CardBrand, CardCategory, CardImage};
pub use compare::{Comparison, compare};
pub use error::Error;
pub use handle::{Health, Listed, Results, Search, Settings, Suggested};
pub use indexer::{Heard, Indexer, Step};
pub use meaning::{Embedder, EmbedderError, Told, tell_meanings};
pub use pace::Pace;
pub use popularity::{Counted, count_sales};
pub use projection::{LOW_AT, availability};
pub use reindex::{Phase, Progress, Reindexed, reindex};
pub use search_index::{
    Availability, Bucket, Embedding, Exclusions, Explanation, Facet, FacetKind, Factor, Filters, Language, Matching,
    Meaning, NumberRange, Paging, Query, QueryError, Ranking, RebuildReason, Sort, Status, Suggest, SuggestedName,
    SuggestedScope, WordMatch,
};
pub use sources::Sources;
pub use tuning::{Tuning, TuningPatch};
