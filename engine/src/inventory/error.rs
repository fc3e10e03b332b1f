//! What can go wrong when stock is asked for.

use crate::actor::StartError;
use crate::error::{Coded, ErrorCode};
use crate::journal::{NotWritten, Proof, Term};

use super::command::Refused;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No seat free: ask again in a moment.
    #[error("too many are asking for this item")]
    Busy,
    #[error("the stock of this item could not be loaded: {0}")]
    Unavailable(#[from] StartError),
    /// The same question made the actor panic twice.
    #[error("a fault of ours, incident {incident}")]
    Incident { incident: String },
    /// Nobody is refused by a process that may have been cut off.
    #[error("not certain to own the stock")]
    Unsure,
    /// Which of them is meant, nobody knows.
    #[error("the same stock comes more than once in one request")]
    Twice,
    #[error(transparent)]
    NotWritten(#[from] NotWritten),
    #[error("no such location")]
    UnknownLocation,
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("a request with this idempotency key is under way")]
    KeyInFlight,
    #[error(transparent)]
    Database(#[from] crate::postgres::DatabaseError),
}

impl Error {
    /// What a process says that knows from `proof` whether it may still speak for the cell, and began in `term`. A refusal
    /// rests on memory.
    pub(crate) fn said_in(self, term: Term, proof: &Proof) -> Self {
        if matches!(self, Self::Refused(_)) && !proof.speaks_for(term) { Self::Unsure } else { self }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Coded for Refused {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Insufficient { .. } | Self::LimitReached { .. } => ErrorCode::Rejected,
            Self::HeldDifferently { .. }
            | Self::Gone
            | Self::CountVersion { .. }
            | Self::BelowReserved { .. }
            | Self::ReturnTooLarge { .. }
            | Self::Underway => ErrorCode::Conflict,
            Self::OutOfRange | Self::SameLocation => ErrorCode::Invalid,
            Self::Full => ErrorCode::Busy,
        }
    }
}

impl Coded for NotWritten {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Full | Self::Withdrawn => ErrorCode::Busy,
            Self::DatabaseDown | Self::NotOwner | Self::Stopped | Self::Unknown => ErrorCode::Unavailable,
            Self::DoneBefore | Self::Stale => ErrorCode::Conflict,
            Self::Poison => ErrorCode::Internal,
        }
    }
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::NotWritten(why) => why.code(),
            Self::Busy | Self::Unavailable(StartError::Full | StartError::Crowded) => ErrorCode::Busy,
            Self::Unavailable(StartError::Load(_)) | Self::Unsure | Self::Database(_) => ErrorCode::Unavailable,
            Self::Incident { .. } => ErrorCode::Internal,
            Self::UnknownLocation => ErrorCode::NotFound,
            Self::KeyReused | Self::Twice => ErrorCode::Invalid,
            Self::KeyInFlight => ErrorCode::Conflict,
        }
    }
}
