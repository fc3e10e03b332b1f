//! Why no order was placed, in words a buyer's client can react to.

use std::sync::Arc;

use crate::actor::StartError;
use crate::clock::Timestamp;
use crate::error::{Coded, ErrorCode};
use crate::id::LocationId;
use crate::journal::NotWritten;
use crate::order::OrderNo;
use crate::{cart, inventory, pricing};

use super::repriced::Repriced;

/// What is missing of one SKU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    pub sku: String,
    pub requested: i64,
    pub available: i64,
    /// Where it would have been promised from.
    pub location: LocationId,
    /// The last change that this rests on.
    pub seq: i64,
    /// The display policy lets shoppers see how many are left.
    pub exact: bool,
}

/// Refusals can be remembered with their key, so this is cheap to clone.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("a request with this key is under way")]
    KeyInFlight,
    #[error("this key was used for another request")]
    KeyReused,
    #[error("there is nothing to buy")]
    Empty,
    #[error("no such item: {sku}")]
    UnknownSku { sku: String, line: usize },
    /// Archived, or its product is not active.
    #[error("{sku} is not for sale")]
    NotForSale { sku: String, line: usize },
    #[error("{sku} is not on sale before {opens_at}")]
    NotOnSaleYet { sku: String, opens_at: Timestamp },
    #[error("the total is {}, not {}", .0.quote.totals.grand_minor, .0.expected.minor)]
    PriceChanged(Arc<Repriced>),
    #[error("the quote is too old")]
    QuoteExpired,
    #[error(transparent)]
    Pricing(#[from] pricing::Error),
    #[error("not enough stock")]
    OutOfStock { items: Vec<Short> },
    #[error("at most {limit} of {sku} a buyer, {already} bought")]
    LimitReached {
        sku: String,
        location: LocationId,
        seq: i64,
        limit: i64,
        already: i64,
        requested: i64,
        resets_at: Option<Timestamp>,
    },
    #[error("the hold would be kept for longer than {max_s} s")]
    HoldTooLong { max_s: i64 },
    /// The cart is being bought right now.
    #[error("a checkout of this cart is under way")]
    CompletionInProgress,
    #[error("this cart became an order")]
    CartConverted { order: Option<OrderNo> },
    #[error("too many are asking")]
    Busy,
    #[error("not able to answer now: {0}")]
    Unavailable(Arc<str>),
    /// Stock of an item is stopped by a failed check.
    #[error("an item is stopped by a failed check")]
    Stopped,
    /// Repeat with the same key.
    #[error("the outcome is not known yet")]
    OutcomeUnknown,
    #[error("a fault of ours: {0}")]
    Internal(Arc<str>),
}

impl Error {
    /// Nobody is refused by a process that may have been cut off.
    pub(super) fn unsure() -> Self {
        Self::Unavailable("not certain to own the stock".into())
    }

    /// It rests on the request alone: true whoever says it.
    pub(super) fn is_of_the_request(&self) -> bool {
        matches!(self, Self::KeyReused | Self::HoldTooLong { .. })
    }

    /// It says what is so, and is told again to a repeat of the same request for a while.
    pub(super) fn is_remembered(&self) -> bool {
        match self {
            Self::OutOfStock { .. } | Self::LimitReached { .. } => true,
            Self::KeyInFlight
            | Self::KeyReused
            | Self::Empty
            | Self::UnknownSku { .. }
            | Self::NotForSale { .. }
            | Self::NotOnSaleYet { .. }
            | Self::PriceChanged(_)
            | Self::QuoteExpired
            | Self::Pricing(_)
            | Self::HoldTooLong { .. }
            | Self::CompletionInProgress
            | Self::CartConverted { .. }
            | Self::Busy
            | Self::Unavailable(_)
            | Self::Stopped
            | Self::OutcomeUnknown
            | Self::Internal(_) => false,
        }
    }
}

impl Error {
    /// Nothing was decided: the same request may be answered otherwise in a moment.
    pub(super) fn says_later(&self) -> bool {
        matches!(self.code(), ErrorCode::Busy | ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::Conflict)
    }
}

impl From<NotWritten> for Error {
    fn from(why: NotWritten) -> Self {
        match why {
            NotWritten::Full | NotWritten::Withdrawn | NotWritten::Stale => Self::Busy,
            NotWritten::DatabaseDown | NotWritten::NotOwner => Self::Unavailable(why.to_string().into()),
            // The key is looked up before this is told; what is left is a cart's generation.
            NotWritten::DoneBefore => Self::CartConverted { order: None },
            NotWritten::Unknown => Self::OutcomeUnknown,
            NotWritten::Stopped => Self::Stopped,
            NotWritten::Poison => Self::Internal("the database refused the order".into()),
        }
    }
}

impl From<cart::Error> for Error {
    fn from(error: cart::Error) -> Self {
        use cart::Refused;
        match error {
            cart::Error::Refused(refused) => match refused {
                Refused::CompletionInProgress | Refused::VersionConflict { .. } => Self::CompletionInProgress,
                Refused::Empty { .. } => Self::Empty,
                Refused::TooManyLines
                | Refused::TooMany { .. }
                | Refused::NoSuchLine { .. }
                | Refused::UnknownSku { .. }
                | Refused::NotForSale { .. } => Self::Internal(refused.to_string().into()),
            },
            cart::Error::Busy | cart::Error::NotLoaded(StartError::Full | StartError::Crowded) => Self::Busy,
            cart::Error::Unavailable | cart::Error::OutcomeUnknown | cart::Error::NotLoaded(StartError::Load(_)) => {
                Self::Unavailable(error.to_string().into())
            }
            cart::Error::Incident { incident } => Self::Internal(incident.into()),
        }
    }
}

impl From<crate::postgres::DatabaseError> for Error {
    fn from(error: crate::postgres::DatabaseError) -> Self {
        Self::Unavailable(error.to_string().into())
    }
}

impl From<inventory::Error> for Error {
    /// All but the refusals, which need the SKU to be told well.
    fn from(error: inventory::Error) -> Self {
        match error {
            inventory::Error::Busy
            | inventory::Error::Refused(_)
            | inventory::Error::Unavailable(StartError::Full | StartError::Crowded) => Self::Busy,
            inventory::Error::Unavailable(StartError::Load(_))
            | inventory::Error::Unsure
            | inventory::Error::Database(_) => Self::Unavailable(error.to_string().into()),
            inventory::Error::NotWritten(why) => why.into(),
            inventory::Error::Incident { incident } => Self::Internal(incident.into()),
            inventory::Error::Twice
            | inventory::Error::UnknownLocation
            | inventory::Error::KeyReused
            | inventory::Error::KeyInFlight => Self::Internal(error.to_string().into()),
        }
    }
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::KeyInFlight | Self::CompletionInProgress | Self::CartConverted { .. } => ErrorCode::Conflict,
            Self::KeyReused
            | Self::Empty
            | Self::UnknownSku { .. }
            | Self::NotForSale { .. }
            | Self::Pricing(_)
            | Self::HoldTooLong { .. } => ErrorCode::Invalid,
            Self::NotOnSaleYet { .. }
            | Self::PriceChanged(_)
            | Self::QuoteExpired
            | Self::OutOfStock { .. }
            | Self::LimitReached { .. } => ErrorCode::Rejected,
            Self::Busy => ErrorCode::Busy,
            Self::Unavailable(_) | Self::Stopped | Self::OutcomeUnknown => ErrorCode::Unavailable,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}
