//! Why a room stays as it is.

use engine::postgres::DatabaseError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is gone, or may not be used.
    #[error("there is no such account any more")]
    NoAccount,
    #[error("there is no such thing among yours")]
    NotFound,
    #[error("there is no such product in this shop")]
    NoSuchProduct,
    #[error("at most {max} of them are kept")]
    Full { max: i64 },
    #[error("the version is {current} by now")]
    VersionConflict { current: i64 },
    /// Nobody has shown that mail to the account's address reaches its owner.
    #[error("the account's e-mail address is not confirmed")]
    Unconfirmed,
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}
