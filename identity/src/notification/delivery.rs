//! What becomes of a message at whoever carries it on: the port of mail and of SMS.

use std::fmt;

use engine::id::MessageId;
use futures_util::future::BoxFuture;

use crate::reach::{Email, Phone};

use super::words::Text;

/// Carries letters.
pub(super) trait Mailer: Send + Sync + 'static {
    fn send(&self, letter: Letter) -> BoxFuture<'_, Result<(), Undelivered>>;
}

/// Carries short messages.
pub(super) trait Texter: Send + Sync + 'static {
    fn send(&self, message: ShortMessage) -> BoxFuture<'_, Result<(), Undelivered>>;
}

pub(super) struct Letter {
    /// The same at each attempt: whoever receives it twice can tell.
    pub(super) id: MessageId,
    pub(super) kind: &'static str,
    pub(super) to: Email,
    pub(super) text: Text,
}

pub(super) struct ShortMessage {
    /// The same at each attempt: whoever receives it twice can tell.
    pub(super) id: MessageId,
    pub(super) kind: &'static str,
    pub(super) to: Phone,
    pub(super) text: String,
}

/// Why a message is not where it should be. In words of ours alone: what a server answers repeats whom it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undelivered {
    /// It may be taken later.
    ForNow(Reason),
    /// It never will.
    ForGood(Reason),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Nobody was reached.
    NoConnection,
    /// The server's code.
    Answered(u16),
    /// An answer that makes no sense.
    Unintelligible,
    TimedOut,
    /// It cannot be put as this channel wants it.
    Unsendable,
    /// It cannot be opened any more: its secret is gone.
    Unreadable,
    /// Nobody needs it any more.
    TooLate,
    /// There is nobody to carry it.
    NoCarrier,
}

impl Undelivered {
    pub(super) fn reason(self) -> Reason {
        match self {
            Self::ForNow(reason) | Self::ForGood(reason) => reason,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoConnection => f.write_str("no connection"),
            Self::Answered(code) => write!(f, "answered {code}"),
            Self::Unintelligible => f.write_str("an answer that makes no sense"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::Unsendable => f.write_str("it cannot be sent this way"),
            Self::Unreadable => f.write_str("it cannot be read any more"),
            Self::TooLate => f.write_str("nobody needs it any more"),
            Self::NoCarrier => f.write_str("nobody carries such messages here"),
        }
    }
}
