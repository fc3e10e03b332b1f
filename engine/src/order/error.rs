//! Why an order stays as it is.

use crate::error::{Coded, ErrorCode};

use super::Status;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// `allowed`: where it may go from here.
    #[error("an order that is {from} cannot become {to}")]
    InvalidState { from: Status, to: Status, allowed: Vec<Status> },
    /// A repeat that says something else than the first time.
    #[error("already {status}, with other details")]
    DoneDifferently { status: Status },
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidState { .. } | Self::DoneDifferently { .. } => ErrorCode::Conflict,
        }
    }
}
