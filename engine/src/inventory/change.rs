//! One line of the stock ledger, as decided and not yet written: what a take does to its account when it settles.

use crate::clock::Timestamp;
use crate::id::{OrderId, PrincipalId, StoreId};

use super::account::{AccountId, Delta, Level};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub store: StoreId,
    pub account: AccountId,
    pub kind: Kind,
    pub delta: Delta,
    /// The durable level this was decided on. The journal begins from it if it has not met the account yet.
    pub base: Level,
    pub hold: Option<HoldChange>,
    pub limit: Option<LimitChange>,
    pub order: Option<OrderId>,
    pub reason: Option<String>,
    pub reference: Option<String>,
}

/// The ledger's kinds. `Sale` is hold and confirm in one: cash on delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Receive,
    Adjust,
    Set,
    TransferOut,
    TransferIn,
    Hold,
    Sale,
    Confirm,
    Release,
    Expire,
    Extend,
    Return,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Adjust => "adjust",
            Self::Set => "set",
            Self::TransferOut => "transfer_out",
            Self::TransferIn => "transfer_in",
            Self::Hold => "hold",
            Self::Sale => "sale",
            Self::Confirm => "confirm",
            Self::Release => "release",
            Self::Expire => "expire",
            Self::Extend => "extend",
            Self::Return => "return",
        }
    }
}

/// An order holds an account at most once per attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HoldKey {
    pub account: AccountId,
    pub order: OrderId,
    pub attempt: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldState {
    Held,
    Confirmed,
    Released,
    Expired,
}

impl HoldState {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }
}

/// A promise to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub key: HoldKey,
    pub quantity: i64,
    pub principal: PrincipalId,
    /// The start of the purchase-limit window it counts in, if its variant is limited.
    pub limit_window: Option<i64>,
    /// Null for what was confirmed at once.
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldChange {
    Begin {
        hold: Hold,
        state: HoldState,
    },
    End {
        key: HoldKey,
        to: HoldState,
    },
    Extend {
        key: HoldKey,
        expires_at: Timestamp,
    },
    /// `returned` is what the hold had given back before.
    Return {
        key: HoldKey,
        returned: i64,
        quantity: i64,
    },
}

impl HoldChange {
    pub fn key(&self) -> HoldKey {
        match self {
            Self::Begin { hold, .. } => hold.key,
            Self::End { key, .. } | Self::Extend { key, .. } | Self::Return { key, .. } => *key,
        }
    }
}

/// How a purchase-limit count moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitChange {
    pub usage: UsageKey,
    pub delta: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UsageKey {
    pub principal: PrincipalId,
    /// Seconds since 1970 at which the window began; 0 for a limit without windows.
    pub window_start: i64,
}
