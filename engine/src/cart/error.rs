//! Why a cart stays as it is.

use crate::actor::StartError;
use crate::catalog::Sku;
use crate::error::{Coded, ErrorCode};
use crate::id::OrderId;
use crate::pricing::LINES_MAX;
use crate::quantity::Quantity;

/// The cart's own rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the cart is at version {current} by now")]
    VersionConflict { current: i64 },
    /// A checkout of this cart is under way.
    #[error("this cart is being checked out")]
    CompletionInProgress,
    /// `last_order`: what its last contents became, if they did.
    #[error("the cart is empty")]
    Empty { last_order: Option<OrderId> },
    #[error("a cart has at most {max} lines", max = LINES_MAX)]
    TooManyLines,
    #[error("{asked} of {sku}, a line has at most {max}", max = Quantity::MAX)]
    TooMany { sku: Sku, asked: i64 },
    #[error("{sku} is not in the cart")]
    NoSuchLine { sku: Sku },
    #[error("there is no {sku}")]
    UnknownSku { sku: Sku },
    #[error("{sku} is not for sale any more")]
    NotForSale { sku: Sku },
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("too many carts are being changed")]
    Busy,
    /// Nothing was done.
    #[error("the cart could not be read or kept")]
    Unavailable,
    /// Whether the change was kept is not known: whoever asked looks at the cart, or asks again with the version that was
    /// seen.
    #[error("whether the change of the cart was kept is not known")]
    OutcomeUnknown,
    #[error("the cart could not be loaded: {0}")]
    NotLoaded(#[from] StartError),
    /// The same question made the actor panic twice.
    #[error("a fault of ours, incident {incident}")]
    Incident { incident: String },
}

impl Coded for Refused {
    fn code(&self) -> ErrorCode {
        match self {
            Self::VersionConflict { .. } | Self::CompletionInProgress => ErrorCode::Conflict,
            Self::Empty { .. } | Self::TooManyLines | Self::TooMany { .. } => ErrorCode::Invalid,
            Self::NoSuchLine { .. } | Self::UnknownSku { .. } => ErrorCode::NotFound,
            Self::NotForSale { .. } => ErrorCode::Rejected,
        }
    }
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::Busy | Self::NotLoaded(StartError::Full | StartError::Crowded) => ErrorCode::Busy,
            Self::Unavailable | Self::OutcomeUnknown | Self::NotLoaded(StartError::Load(_)) => ErrorCode::Unavailable,
            Self::Incident { .. } => ErrorCode::Internal,
        }
    }
}
