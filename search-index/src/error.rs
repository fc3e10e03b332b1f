//! What can go wrong, split by whose matter it is: the question (`QueryError`), the directory
//! (`RebuildReason`), or the rest (`Error`).

use std::path::PathBuf;

/// Why an index cannot serve until it is rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RebuildReason {
    #[error("there is no index yet")]
    Missing,
    #[error("the index was written with schema {found}, this program uses {expected}")]
    OtherSchema { found: u32, expected: u32 },
    #[error("the index is damaged: {0}")]
    Corrupt(String),
}

/// A question that cannot be answered as it was asked. Always the asker's to correct.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    #[error("the search text has {given} characters, {max} are allowed")]
    TextTooLong { given: usize, max: usize },
    #[error("unknown sort {given:?}; there are relevance, price, created_at and title")]
    UnknownSort { given: String },
    #[error("{given} sort keys, {max} are allowed")]
    TooManySorts { given: usize, max: usize },
    #[error("sort {given} is named twice")]
    RepeatedSort { given: String },
    #[error("unknown availability {given:?}; there are in_stock, low and sold_out")]
    UnknownAvailability { given: String },
    #[error("unknown language {given:?}")]
    UnknownLanguage { given: String },
    #[error("limit {given} is not between 1 and {max}")]
    LimitOutOfRange { given: usize, max: usize },
    #[error("page {page} with limit {limit} goes beyond the first {max} results; use the cursor")]
    PageOutOfRange { page: usize, limit: usize, max: usize },
    #[error("the lowest price {min} is above the highest {max}")]
    PriceRangeInverted { min: i64, max: i64 },
    #[error("the lowest value of {key:?} is above the highest")]
    RangeInverted { key: String },
    #[error("{given} filter values, {max} are allowed")]
    TooManyFilterValues { given: usize, max: usize },
    #[error("a decimal number, not {given:?}")]
    NotANumber { given: String },
    #[error("a number of stars from 0 to 5, not {given:?}")]
    NotARating { given: String },
    /// `valid` are some that there are.
    #[error("no product has an attribute {key:?}; there are {}", valid.join(", "))]
    UnknownAttribute { key: String, valid: Vec<String> },
    #[error("the filter {key:?} has no value")]
    EmptyFilter { key: String },
    #[error("the cursor is malformed")]
    MalformedCursor,
    #[error("the cursor belongs to another search")]
    CursorOfAnotherQuery,
}

/// What is no embedding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    #[error("a vector has 1 to {max} numbers, not {given}")]
    Dimensions { given: usize, max: usize },
    #[error("number {position} of the vector (from 0) is not finite")]
    NotANumber { position: usize },
    #[error("a vector of nothing but zeros points nowhere")]
    NoDirection,
}

/// Everything that a call of this crate can answer with instead of its result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Query(#[from] QueryError),
    /// Nothing can be searched or written before a rebuild.
    #[error("the index has to be rebuilt: {0}")]
    NotBuilt(RebuildReason),
    /// The generation of this writer was replaced; ask the index for a new writer.
    #[error("a rebuild replaced the generation of this writer")]
    Superseded,
    #[error("a rebuild is already running")]
    RebuildRunning,
    #[error("the index in {} is in use by another process", dir.display())]
    InUse { dir: PathBuf },
    #[error("document {id:?} cannot be indexed: {reason}")]
    BadDocument { id: String, reason: &'static str },
    #[error("search index files: {0}")]
    Io(#[from] std::io::Error),
    #[error("search index: {0}")]
    Engine(#[from] tantivy::TantivyError),
}
