//! All that one command wants written: an order with its lines and takes, a transition, a stock change. Whole or not at all.

use std::borrow::Cow;
use std::sync::Arc;

use crate::audit;
use crate::clock::Timestamp;
use crate::id::{CartId, LocationId, OrderId, PrincipalId, StoreId, VariantId};
use crate::inventory::Taken;
use crate::order::OrderNo;

/// What a command wants written.
#[derive(Default)]
pub struct Bundle {
    /// The stock changes, with the promises behind them.
    pub takes: Vec<Taken>,
    pub writes: Writes,
}

/// Everything but the stock.
#[derive(Debug, Default, Clone)]
pub struct Writes {
    pub order: Option<Box<OrderRow>>,
    pub moved: Option<Box<OrderMove>>,
    pub cart: Option<CartConversion>,
    pub answer: Option<Box<StoredAnswer>>,
    /// What the audit trail will say of it; what it does to the stock is added when it is numbered. None: it is nobody's but
    /// the buyer's.
    pub audit: Option<Box<audit::Entry>>,
}

impl Bundle {
    /// How much of a batch's bytes it uses, near enough.
    pub fn approximate_bytes(&self) -> usize {
        const ROW: usize = 256;
        let order = self.writes.order.as_ref().map_or(0, |order| ROW * (1 + order.lines.len()) + order.detail.len());
        let answer = self.writes.answer.as_ref().map_or(0, |answer| ROW + answer.body.len());
        // It shows each account before and after.
        let audit = self.writes.audit.as_ref().map_or(0, |_| ROW * (1 + self.takes.len()));
        order + answer + audit + ROW * self.takes.len()
    }
}

/// A new order, as its row will say.
#[derive(Debug, Clone)]
pub struct OrderRow {
    pub id: OrderId,
    pub order_no: OrderNo,
    pub store: StoreId,
    pub principal: PrincipalId,
    pub idempotency_key: Arc<str>,
    pub fingerprint: [u8; 32],
    pub cart: Option<(CartId, i64)>,
    pub status: &'static str,
    pub payment_status: &'static str,
    pub payment_method: &'static str,
    pub currency: String,
    pub mrp_minor: i64,
    pub discount_minor: i64,
    pub tax_minor: i64,
    pub shipping_minor: i64,
    pub grand_minor: i64,
    /// JSON: contact, address, shipping method, price trace.
    pub detail: String,
    pub expires_at: Option<Timestamp>,
    pub lines: Vec<LineRow>,
}

#[derive(Debug, Clone)]
pub struct LineRow {
    pub variant: VariantId,
    pub location: LocationId,
    pub sku: Arc<str>,
    pub title: Arc<str>,
    pub quantity: i64,
    pub unit_mrp_minor: i64,
    pub unit_price_minor: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub tax_rate_bp: i32,
    pub tax_inclusive: bool,
}

/// An order goes from one state to another. The row arbitrates: it must be at `version` and `from`.
#[derive(Debug, Clone)]
pub struct OrderMove {
    pub order: OrderId,
    pub store: StoreId,
    pub version: i64,
    pub from: &'static str,
    pub to: &'static str,
    pub payment_status: Option<&'static str>,
    pub expires_at: Option<Timestamp>,
    /// JSON merged into the order's progress.
    pub progress: Option<String>,
    pub event: OrderEvent,
}

#[derive(Debug, Clone)]
pub struct OrderEvent {
    pub kind: &'static str,
    /// Who did it: `buyer`, `system`, or the account or key of staff.
    pub actor: Cow<'static, str>,
    /// JSON.
    pub data: Option<String>,
}

/// Placing an order consumes this generation of the cart.
#[derive(Debug, Clone, Copy)]
pub struct CartConversion {
    pub cart: CartId,
    pub version: i64,
    pub generation: i64,
    pub order: OrderId,
}

/// What a changing request other than checkout was answered.
#[derive(Debug, Clone)]
pub struct StoredAnswer {
    pub store: StoreId,
    pub principal: PrincipalId,
    pub route: &'static str,
    pub key: String,
    pub fingerprint: [u8; 32],
    pub status: i32,
    /// JSON.
    pub body: String,
}

/// It is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub batch: i64,
    pub at: Timestamp,
    /// The `seq` of each stock change, in the order of the bundle's takes and their changes.
    pub seqs: Vec<i64>,
}

/// It is not durable, and never will be: whoever asked may ask again. `Unknown` is the exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotWritten {
    #[error("the journal is full")]
    Full,
    /// A promise was withdrawn before it could be written (its deadline passed, its actor was rebuilt).
    #[error("a promise was withdrawn meanwhile")]
    Withdrawn,
    #[error("the database is away")]
    DatabaseDown,
    /// Another server owns the cell.
    #[error("this server does not own the cell")]
    NotOwner,
    /// The key, or the cart's generation, became an order before.
    #[error("it was done before")]
    DoneBefore,
    /// What it expected of an order, a hold or a cart is not so.
    #[error("it rests on something that is no longer so")]
    Stale,
    /// The database cannot hold it. Our bug.
    #[error("the database refused it")]
    Poison,
    /// The writer ended before it could say: to be found by its key.
    #[error("it is not known whether it was written")]
    Unknown,
    /// Memory and database differ on an account; it is stopped.
    #[error("an account is stopped by a failed check")]
    Stopped,
}
