//! Why a key was not made, replaced or revoked.

use engine::postgres::DatabaseError;

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{pointer}: {detail}")]
    Invalid { pointer: String, code: &'static str, detail: String },
    #[error("no such key")]
    NotFound,
    /// It was changed since the caller looked.
    #[error("it is at version {current} by now")]
    VersionConflict { current: i64 },
    /// It opens nothing any more, or another has its place.
    #[error("the key {0}")]
    Ended(&'static str),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl KeyError {
    pub(super) fn invalid(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { pointer: pointer.into(), code, detail: detail.into() }
    }
}

impl From<diesel::result::Error> for KeyError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(DatabaseError::Query(error))
    }
}
