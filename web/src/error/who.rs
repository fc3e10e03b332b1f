//! What the errors of `identity` mean to a caller.

use engine::postgres::DatabaseError;
use identity::{account, session};

use super::{ApiError, FieldError};

/// Seconds after which somebody who found the line full may come back.
const SOON_S: u64 = 2;

impl From<account::Error> for ApiError {
    fn from(error: account::Error) -> Self {
        use account::Error as E;
        match error {
            E::Weak(weak) => Self::validation(vec![FieldError::new("/password", "weak", weak.to_string())]),
            E::WrongPassword => Self::invalid_credentials().detail("this is not the password of your account"),
            E::LinkInvalid => Self::new(super::Code::LinkInvalid).detail("ask for another one"),
            E::Taken => Self::new(super::Code::AlreadyExists).detail(error.to_string()),
            E::NotFound => Self::not_found("there is no such account"),
            E::Busy(_) => Self::overloaded(SOON_S),
            E::Database(error) => of_the_database(error),
            E::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<account::LoginError> for ApiError {
    fn from(error: account::LoginError) -> Self {
        use account::LoginError as E;
        match error {
            E::Wrong => Self::invalid_credentials(),
            E::Blocked => Self::account_blocked(),
            E::Unconfirmed => Self::email_not_confirmed(),
            E::Busy(_) => Self::overloaded(SOON_S),
            E::Database(error) => of_the_database(error),
            E::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<session::Error> for ApiError {
    fn from(error: session::Error) -> Self {
        use session::Error as E;
        match error {
            // To the one who was robbed and to the thief alike.
            E::Over | E::Stolen => Self::unauthenticated("the session is over; log in again"),
            E::Database(error) => of_the_database(error),
        }
    }
}

/// An answer that did not come, or a mistake in what was asked.
fn of_the_database(error: DatabaseError) -> ApiError {
    if error.is_no_answer() || error.is_for_later() { error.into() } else { ApiError::internal(error) }
}
