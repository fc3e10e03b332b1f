use chrono::TimeDelta;
use engine::error::{Coded, ErrorCode};
use engine::postgres::DatabaseError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither six digits of an app nor a recovery code")]
pub struct NoCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The code is none, or was used before.
    #[error("the code is wrong or was used")]
    Wrong,
    /// Too old, answered, guessed at too often, or never asked.
    #[error("the challenge is over")]
    ChallengeOver,
    /// Over all challenges of the account.
    #[error("too many wrong codes; again in {} s", .again_in.num_seconds())]
    TooManyWrong { again_in: TimeDelta },
    #[error("a second factor is enrolled already")]
    AlreadyEnrolled,
    #[error("no second factor is enrolled")]
    NotEnrolled,
    /// It was sealed under a secret that is gone from the configuration.
    #[error("the secret of a second factor cannot be opened")]
    Unreadable,
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
            Self::Wrong | Self::ChallengeOver => ErrorCode::Rejected,
            Self::TooManyWrong { .. } => ErrorCode::Busy,
            Self::AlreadyEnrolled | Self::NotEnrolled => ErrorCode::Conflict,
            Self::Unreadable => ErrorCode::Internal,
            Self::Database(error) if error.is_no_answer() => ErrorCode::Unavailable,
            Self::Database(_) => ErrorCode::Internal,
        }
    }
}
