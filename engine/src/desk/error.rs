//! Why an order stays as it is.

use crate::error::{Coded, ErrorCode};
use crate::id::{OrderId, VariantId};
use crate::journal::NotWritten;
use crate::{inventory, order};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such order")]
    NotFound,
    #[error("the order is at version {current}")]
    VersionConflict { current: i64 },
    #[error(transparent)]
    Order(#[from] order::Error),
    /// Only an order that waits for payment can be extended, and only so far.
    #[error("held for at most {max_s} s in all")]
    HoldTooLong { max_s: i64 },
    #[error("the hold of this order has run out")]
    HoldExpired,
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("a request with this idempotency key is under way")]
    KeyInFlight,
    #[error(transparent)]
    Stock(#[from] inventory::Error),
    /// The order's row says that it holds something, and the stock, read anew, says that it does not.
    #[error("the stock of variant {variant} knows nothing of what order {order} holds of it")]
    HoldUnknown { order: OrderId, variant: VariantId },
    #[error(transparent)]
    NotWritten(#[from] NotWritten),
    #[error(transparent)]
    Database(#[from] crate::postgres::DatabaseError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NotFound => ErrorCode::NotFound,
            Self::VersionConflict { .. } | Self::KeyInFlight | Self::HoldExpired => ErrorCode::Conflict,
            Self::HoldTooLong { .. } | Self::KeyReused => ErrorCode::Invalid,
            Self::Order(error) => error.code(),
            Self::Stock(error) => error.code(),
            Self::NotWritten(why) => why.code(),
            Self::HoldUnknown { .. } | Self::Database(_) => ErrorCode::Unavailable,
        }
    }
}
