//! Why it was not done to an account.

use engine::postgres::DatabaseError;

use crate::access::Scope;
use crate::account;

#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    #[error("no such account")]
    NotFound,
    /// It was changed since the caller looked.
    #[error("it is at version {current} by now")]
    VersionConflict { current: i64 },
    #[error("the shop has no other admin who may come in")]
    LastAdmin,
    /// Somebody chose its password who has not shown that the address is theirs.
    #[error("its address has not been confirmed")]
    Unconfirmed,
    /// Whoever asks may not do it themselves.
    #[error("it takes the scope {0}")]
    Withheld(Scope),
    /// There is an admin already.
    #[error("the shop has an admin")]
    NotTheFirst,
    #[error(transparent)]
    Account(#[from] account::Error),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for StaffError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(DatabaseError::Query(error))
    }
}
