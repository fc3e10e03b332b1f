//! Why a session does not go on.

use engine::postgres::DatabaseError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No refresh token of ours, or of a session that is over: nobody is told which.
    #[error("the session is over")]
    Over,
    /// An old token was shown: all of the session's are worthless now.
    #[error("an old refresh token was shown again")]
    Stolen,
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(DatabaseError::Query(error))
    }
}
