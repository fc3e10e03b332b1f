//! What can be asked of the stock of one variant, and what it may answer.

use crate::clock::Timestamp;
use crate::id::{LocationId, OrderId, PrincipalId};

use super::account::Level;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Hold(HoldRequest),
    /// The hold was paid for: it leaves the shelf.
    Confirm(HoldRef),
    Release(HoldRef, String),
    Expire(HoldRef),
    Extend(HoldRef, Timestamp),
    /// Goods of a confirmed hold come back. `confirmed` and `returned` are the hold's, as the order's desk read them.
    Return(ReturnRequest),
    Adjust {
        location: LocationId,
        delta: i64,
        reason: String,
        reference: Option<String>,
        received: bool,
    },
    /// An absolute count. Waits until nothing is unfinished.
    Set {
        location: LocationId,
        on_hand: i64,
        safety: Option<i64>,
        count_version: Option<i64>,
        reference: Option<String>,
    },
    Transfer {
        from: LocationId,
        to: LocationId,
        quantity: i64,
        reference: Option<String>,
    },
}

impl Command {
    /// Where it takes, gives or changes.
    pub fn location(&self) -> LocationId {
        match self {
            Self::Hold(request) => request.location,
            Self::Confirm(hold) | Self::Release(hold, _) | Self::Expire(hold) | Self::Extend(hold, _) => hold.location,
            Self::Return(request) => request.hold.location,
            Self::Adjust { location, .. } | Self::Set { location, .. } => *location,
            Self::Transfer { from, .. } => *from,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRequest {
    pub location: LocationId,
    pub order: OrderId,
    pub attempt: i32,
    pub quantity: i64,
    pub principal: PrincipalId,
    pub limit: Option<Limit>,
    /// Until when it is held; none means that it is confirmed at once.
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRef {
    pub location: LocationId,
    pub order: OrderId,
    pub attempt: i32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnRequest {
    pub hold: HoldRef,
    pub principal: PrincipalId,
    pub limit_window: Option<i64>,
    pub confirmed: i64,
    pub returned: i64,
    pub quantity: i64,
    pub restock: bool,
    pub reason: String,
}

/// A purchase limit: at most `max` per buyer in each window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub max: i64,
    pub window_s: Option<i64>,
}

impl Limit {
    /// The start of the window that `now` is in, in seconds since 1970.
    pub fn window_start(&self, now: Timestamp) -> i64 {
        match self.window_s {
            Some(length) if length > 0 => now.timestamp().div_euclid(length).saturating_mul(length),
            _ => 0,
        }
    }

    pub fn resets_at(&self, now: Timestamp) -> Option<Timestamp> {
        let length = self.window_s?;
        Timestamp::from_timestamp(self.window_start(now).checked_add(length)?, 0)
    }
}

/// Why not. Each rests on durable state alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("{available} left, {asked} asked")]
    Insufficient { available: i64, asked: i64, seq: i64 },
    #[error("at most {max} a buyer, {already} taken, {asked} asked")]
    LimitReached { max: i64, already: i64, asked: i64, seq: i64, resets_at: Option<Timestamp> },
    #[error("this order already holds {held}, {asked} asked")]
    HeldDifferently { held: i64, asked: i64 },
    /// Not live: it ended, or it never was.
    #[error("no live hold of this order")]
    Gone,
    #[error("the count is at version {current}")]
    CountVersion { current: i64, seq: i64 },
    #[error("{reserved} are promised, a count of {asked} cannot be")]
    BelowReserved { reserved: i64, asked: i64, seq: i64 },
    #[error("only {left} can still come back, {asked} asked")]
    ReturnTooLarge { left: i64, asked: i64 },
    #[error("beyond what can be counted ({max})", max = Level::ON_HAND_MAX)]
    OutOfRange,
    #[error("from and to are the same location")]
    SameLocation,
    #[error("another change of this hold is under way")]
    Underway,
    /// Too many wait here already.
    #[error("too many are waiting")]
    Full,
}
