//! A row that is there and makes no sense: ours to repair, so it is not mistaken for "not found".

use std::error::Error;

pub(crate) fn unreadable(error: impl Error + Send + Sync + 'static) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(Box::new(error))
}
