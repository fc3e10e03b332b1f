//! Why a customer's room stays as it is, as answers.

use identity::customer::Error;

use super::{ApiError, FieldError};

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::NoAccount => Self::session_ended(),
            Error::NotFound | Error::NoSuchProduct => Self::not_found(error.to_string()),
            Error::Full { .. } => Self::validation(vec![FieldError::new("", "too_many", error.to_string())]),
            Error::VersionConflict { current } => Self::precondition_failed(current),
            Error::Unconfirmed => Self::email_not_confirmed(),
            Error::Database(error) => error.into(),
        }
    }
}
