//! Why it was not done.

use engine::postgres::DatabaseError;

use crate::password::{Busy, Weak};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the password: {0}")]
    Weak(Weak),
    /// The e-mail address or the phone number is another account's.
    #[error("there is an account with this address")]
    Taken,
    #[error("no such account")]
    NotFound,
    /// Whoever is signed in said another password than theirs.
    #[error("this is not the password")]
    WrongPassword,
    /// Used, too old, or never sent: nobody is told which.
    #[error("the link opens nothing")]
    LinkInvalid,
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("{0}")]
    Internal(String),
}

#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// No such account, one without a password, or another password: nobody is told which.
    #[error("the address and the password do not fit")]
    Wrong,
    /// The password is right.
    #[error("the account is blocked")]
    Blocked,
    /// The password is right, and the shop wants the address to be shown as one's own first.
    #[error("the address has not been confirmed")]
    Unconfirmed,
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("{0}")]
    Internal(String),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match engine::postgres::constraint::violated(&error) {
            Some("accounts_email_key" | "accounts_phone_key") => Self::Taken,
            Some(_) | None => Self::Database(DatabaseError::Query(error)),
        }
    }
}
