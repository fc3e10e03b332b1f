//! What clients write down: what they are about to ask, before it is sent; what they heard, after it came.
//!
//! JSON Lines, one file per client, each line written at once: whoever dies next, the notes are there.

mod claim;
mod pad;

pub use claim::{Claim, claims};
pub(crate) use pad::now_us;
pub use pad::{Pad, read};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// Written before the request is sent for the first time.
    Intent { id: u64, at_us: i64, intent: Intent },
    /// It is about to be sent in two windows at once, perhaps to two servers.
    Twice { id: u64, at_us: i64 },
    /// Both windows are done with it: it is in one at a time again.
    Once { id: u64, at_us: i64 },
    /// Each answer to it, also to its repetitions.
    Heard { id: u64, at_us: i64, heard: Heard },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Intent {
    Order {
        key: String,
        buyer: Uuid,
        lines: Vec<Line>,
        grand_minor: i64,
        payment: Payment,
        cart: bool,
    },
    /// The buyer takes an order back.
    Cancel {
        key: String,
        order: Uuid,
    },
    /// The shop says that it was paid for.
    Confirm {
        key: String,
        order: Uuid,
    },
    /// Goods arrive, or are found to be missing. The key is also the reference in the ledger.
    Stock {
        key: String,
        sku: String,
        delta: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    Manual,
    CashOnDelivery,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub sku: String,
    pub quantity: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Heard {
    Done {
        /// The answer of an earlier try.
        replayed: bool,
        placed: Option<Placed>,
    },
    Refused {
        code: String,
        short: Vec<Short>,
        limit: Option<Limit>,
    },
    /// It may have been done or not.
    Unclear {
        why: String,
    },
    /// What should never be answered.
    Wrong {
        status: u16,
        body: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub order: Uuid,
    pub order_no: String,
    pub grand_minor: i64,
    pub lines: Vec<PlacedLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedLine {
    pub sku: String,
    pub quantity: i64,
    pub seq: i64,
}

/// There was too little, as of `seq`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Short {
    pub sku: String,
    pub requested: i64,
    pub available: i64,
    pub seq: i64,
}

/// The buyer had `already` of it, as of `seq`, and may have `limit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub sku: String,
    pub requested: i64,
    pub already: i64,
    pub limit: i64,
    pub seq: i64,
}

impl Payment {
    pub fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::CashOnDelivery => "cash_on_delivery",
        }
    }
}

impl Intent {
    pub fn key(&self) -> &str {
        match self {
            Self::Order { key, .. }
            | Self::Cancel { key, .. }
            | Self::Confirm { key, .. }
            | Self::Stock { key, .. } => key,
        }
    }
}

impl Heard {
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Refused { .. })
    }
}
