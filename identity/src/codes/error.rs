use chrono::TimeDelta;
use engine::error::{Coded, ErrorCode};
use engine::postgres::DatabaseError;

use super::Closed;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("another code can be sent in {} s", .again_in.num_seconds())]
    TooSoon { again_in: TimeDelta },
    /// There is no such challenge, or it is another store's.
    #[error("there is no such challenge")]
    Unknown,
    #[error("wrong code, {left} tries left")]
    Wrong { left: i32 },
    #[error(transparent)]
    Closed(#[from] Closed),
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
            Self::TooSoon { .. } => ErrorCode::Busy,
            Self::Unknown => ErrorCode::NotFound,
            Self::Wrong { .. } | Self::Closed(_) => ErrorCode::Rejected,
            Self::Database(error) if error.is_no_answer() => ErrorCode::Unavailable,
            Self::Database(_) => ErrorCode::Internal,
        }
    }
}
