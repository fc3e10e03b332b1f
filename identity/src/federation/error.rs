use engine::error::{Coded, ErrorCode};
use engine::postgres::DatabaseError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such provider")]
    UnknownProvider,
    /// What came back answers no question of ours: another browser's, too old, or made up.
    #[error("nobody was sent there from here, or too long ago")]
    NotAsked,
    /// Whoever was asked there said no.
    #[error("the provider did not let them in")]
    Declined,
    /// The code was used, or the token is not for us, too old, or of another attempt.
    #[error("what the provider said is not good: {0}")]
    NotGood(String),
    #[error("the provider does not answer as it should: {0}")]
    Unavailable(String),
    #[error("too many sign in there at once")]
    Busy,
    /// An account has this address, and it was not proved on both sides.
    #[error("an account has this address; sign in to it and link")]
    SignInFirst,
    /// Somebody else is linked with it.
    #[error("it is linked with another account")]
    Taken,
    #[error("another one of this provider is linked already")]
    HasAnother,
    #[error("the account is closed")]
    Blocked,
    #[error("the account's address is not confirmed")]
    Unconfirmed,
    #[error("no such identity is linked")]
    NotLinked,
    /// Nothing else would open the account any more.
    #[error("it is the only way in")]
    LastWayIn,
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownProvider | Self::NotLinked => ErrorCode::NotFound,
            Self::NotAsked | Self::Declined | Self::NotGood(_) => ErrorCode::Rejected,
            Self::SignInFirst | Self::Taken | Self::HasAnother | Self::LastWayIn => ErrorCode::Conflict,
            Self::Blocked | Self::Unconfirmed => ErrorCode::Forbidden,
            Self::Busy => ErrorCode::Busy,
            Self::Unavailable(_) => ErrorCode::Unavailable,
            Self::Database(error) if error.is_no_answer() => ErrorCode::Unavailable,
            Self::Database(_) => ErrorCode::Internal,
        }
    }
}
