//! Why a store was not opened.

use crate::postgres::DatabaseError;
use crate::postgres::constraint::violated;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is a store of that slug already")]
    SlugTaken,
    #[error("one of the domains leads to another store already")]
    DomainTaken,
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match violated(&error) {
            Some("stores_slug_key") => Self::SlugTaken,
            Some("store_domains_pkey") => Self::DomainTaken,
            _ => Self::Database(DatabaseError::Query(error)),
        }
    }
}
