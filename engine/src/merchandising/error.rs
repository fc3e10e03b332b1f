//! Why a rule or a synonym was not kept.

use crate::catalog::FieldErrors;
use crate::error::{Coded, ErrorCode};
use crate::idempotency::Refused;
use crate::postgres::constraint::violated;
use crate::postgres::{DatabaseError, WriteError};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Invalid(FieldErrors),
    #[error("no such {0}")]
    NotFound(Thing),
    /// It was changed since the caller looked.
    #[error("it is at version {current} by now")]
    VersionConflict { current: i64 },
    #[error("a store has at most {max} {of}s")]
    Full { of: Thing, max: i64 },
    #[error("a request with this key is under way")]
    KeyInFlight,
    #[error("this key was used for another request")]
    KeyReused,
    /// Nothing was done.
    #[error(transparent)]
    Database(DatabaseError),
    /// The commit was asked for, and not answered.
    #[error("whether it was done is not known: {0}")]
    OutcomeUnknown(DatabaseError),
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    Synonym,
    Rule,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Synonym => "synonym",
            Self::Rule => "rule",
        })
    }
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) | Self::KeyReused => ErrorCode::Invalid,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::KeyInFlight | Self::VersionConflict { .. } | Self::Full { .. } => ErrorCode::Conflict,
            Self::Database(error) if error.is_no_answer() || error.is_for_later() => ErrorCode::Unavailable,
            Self::Database(_) => ErrorCode::Internal,
            Self::OutcomeUnknown(_) => ErrorCode::Unavailable,
        }
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::InFlight => Self::KeyInFlight,
            Refused::Reused => Self::KeyReused,
        }
    }
}

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Query(error) => error.into(),
            DatabaseError::Unavailable(_) => Self::Database(error),
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match violated(&error) {
            Some("search_rules_name_key") => {
                Self::Invalid(FieldErrors::one("/name", "taken", "another rule has this name"))
            }
            _ => Self::Database(DatabaseError::Query(error)),
        }
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
