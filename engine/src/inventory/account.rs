//! An account is something scarce: the stock of one variant at one location. Its level is always the durable one.
#![warn(clippy::arithmetic_side_effects)]

use crate::id::{LocationId, VariantId};

/// Accounts have one total order, so that orders that want several take them in the same order and never deadlock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId {
    pub variant: VariantId,
    pub location: LocationId,
}

/// What is on the shelf, what is promised of it, and the number of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Level {
    pub on_hand: i64,
    pub reserved: i64,
    /// Kept back for miscounts; never sold.
    pub safety: i64,
    pub seq: i64,
    /// Moves with stock counts only, so that a count can compare-and-set during a sale.
    pub count_version: i64,
}

/// How one change moves a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delta {
    pub on_hand: i64,
    pub reserved: i64,
    pub safety: i64,
    pub count_version: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the level would break its invariant: {reserved} reserved of {on_hand} on hand, {safety} kept back")]
pub struct BrokenLevel {
    pub on_hand: i64,
    pub reserved: i64,
    pub safety: i64,
}

impl Level {
    /// More than this is a mistake, and would come near to overflowing sums.
    pub const ON_HAND_MAX: i64 = 1_000_000_000_000;

    /// What may still be promised. Negative while a count has found less than is kept back.
    pub fn sellable(&self) -> i64 {
        // No term exceeds ON_HAND_MAX, so this cannot wrap.
        self.on_hand.saturating_sub(self.reserved).saturating_sub(self.safety)
    }

    /// The next level, or the refusal to break the invariant.
    pub fn changed(&self, delta: Delta) -> Result<Self, BrokenLevel> {
        let next = Self {
            on_hand: self.on_hand.saturating_add(delta.on_hand),
            reserved: self.reserved.saturating_add(delta.reserved),
            safety: self.safety.saturating_add(delta.safety),
            seq: self.seq.saturating_add(1),
            count_version: self.count_version.saturating_add(delta.count_version),
        };
        let whole = 0 <= next.reserved
            && next.reserved <= next.on_hand
            && next.on_hand <= Self::ON_HAND_MAX
            && (0..=Self::ON_HAND_MAX).contains(&next.safety);
        if whole {
            Ok(next)
        } else {
            Err(BrokenLevel { on_hand: next.on_hand, reserved: next.reserved, safety: next.safety })
        }
    }
}
