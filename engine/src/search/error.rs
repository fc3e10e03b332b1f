//! What can go wrong around the index.

use crate::catalog;
use crate::error::{Coded, ErrorCode};
use crate::postgres::{DatabaseError, WriteError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Index(#[from] search_index::Error),
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// What the index gave back for a product is not what was put in.
    #[error("the card of product {id} cannot be read: {reason}")]
    DamagedCard { id: String, reason: String },
    #[error("the search index could not be built: {reason}")]
    NotBuilt { reason: String },
    /// The indexer thread has ended.
    #[error("the indexer is not running")]
    Stopped,
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Index(search_index::Error::Query(_)) => ErrorCode::Invalid,
            Self::Index(search_index::Error::NotBuilt(_))
            | Self::NotBuilt { .. }
            | Self::Database(_)
            | Self::Stopped => ErrorCode::Unavailable,
            Self::Index(search_index::Error::RebuildRunning) => ErrorCode::Busy,
            Self::Index(
                search_index::Error::Superseded
                | search_index::Error::InUse { .. }
                | search_index::Error::BadDocument { .. }
                | search_index::Error::Io(_)
                | search_index::Error::Engine(_),
            )
            | Self::DamagedCard { .. } => ErrorCode::Internal,
            Self::Catalog(error) => error.code(),
        }
    }
}

impl WriteError for Error {
    fn at_commit(self) -> Self {
        let Self::Database(error) = self else { return self };
        if error.is_no_answer() { Self::Catalog(catalog::Error::OutcomeUnknown(error)) } else { Self::Database(error) }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}
