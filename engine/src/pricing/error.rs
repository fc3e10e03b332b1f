//! Why there is no price.

use crate::error::{Coded, ErrorCode};
use crate::money::{Currency, Money};

/// `line` counts from 1, in the order of the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("nothing to price")]
    NoLines,
    #[error("{lines} lines, at most {max} are allowed", max = super::LINES_MAX)]
    TooManyLines { lines: usize },
    #[error("line {line} asks for nothing")]
    NothingWanted { line: usize },
    #[error("line {line} is sold in {got}, this shop sells in {expected}")]
    CurrencyMismatch { line: usize, expected: Currency, got: Currency },
    #[error("line {line} has a price that cannot be: it is negative or above its MRP")]
    ImpossiblePrice { line: usize },
    #[error("the total is above {max} minor units", max = Money::MAX_TOTAL)]
    Overflow,
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::NoLines
            | Self::TooManyLines { .. }
            | Self::NothingWanted { .. }
            | Self::CurrencyMismatch { .. }
            | Self::Overflow => ErrorCode::Invalid,
            // The database refuses such prices; one that gets here is ours.
            Self::ImpossiblePrice { .. } => ErrorCode::Internal,
        }
    }
}
