//! What can go wrong around the index.

use crate::catalog;
use crate::error::{Coded, ErrorCode};
use crate::postgres::{DatabaseError, WriteError};

use super::meaning::EmbedderError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Index(#[from] search_index::Error),
    #[error(transparent)]
    Catalog(#[from] catalog::Error),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The commit was asked for, and not answered.
    #[error("whether it was done is not known: {0}")]
    OutcomeUnknown(DatabaseError),
    /// What the index gave back for a product is not what was put in.
    #[error("the card of product {id} cannot be read: {reason}")]
    DamagedCard { id: String, reason: String },
    #[error("the search index could not be built: {reason}")]
    NotBuilt { reason: String },
    #[error(transparent)]
    Embedder(#[from] EmbedderError),
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
            | Self::OutcomeUnknown(_)
            | Self::Embedder(_)
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

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl WriteError for Error {
    fn outcome_unknown(error: DatabaseError) -> Self {
        Self::OutcomeUnknown(error)
    }

    fn into_database(self) -> Result<DatabaseError, Self> {
        let Self::Database(error) = self else { return Err(self) };
        Ok(error)
    }
}
