//! Orders as they are read: whole, for an answer.

use crate::clock::Timestamp;
use crate::id::{CartId, LocationId, OrderId, PrincipalId, StoreId, VariantId};
use crate::money::Currency;
use crate::pricing::Totals;
use crate::quantity::Quantity;

use super::detail::{OrderDetail, Progress};
use super::number::OrderNo;
use super::order::Order;
use super::state::{PaymentMethod, State};

/// An order with its lines, as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSnapshot {
    pub id: OrderId,
    pub number: OrderNo,
    pub store_id: StoreId,
    pub principal_id: PrincipalId,
    pub idempotency_key: String,
    /// Of the request that placed it.
    pub fingerprint: Vec<u8>,
    /// The cart and the generation of it that became this order; none when it was bought at once.
    pub cart: Option<(CartId, i64)>,
    pub state: State,
    pub payment_method: PaymentMethod,
    pub currency: Currency,
    pub totals: Totals,
    pub detail: OrderDetail,
    pub version: i64,
    pub placed_at: Timestamp,
    /// What the buyer was told when it was placed.
    pub placed_expires_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub progress: Progress,
    /// In the order they were asked for.
    pub lines: Vec<OrderLine>,
}

/// Amounts in minor units, as they were when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    pub variant_id: VariantId,
    pub location_id: LocationId,
    pub sku: String,
    pub title: String,
    pub quantity: Quantity,
    pub unit_mrp_minor: i64,
    pub unit_price_minor: i64,
    pub net_minor: i64,
    pub tax_minor: i64,
    pub tax_rate_bp: i32,
    pub tax_inclusive: bool,
    /// The seq of the stock change that promised it.
    pub seq: i64,
}

/// A line of an order's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// The order's version after it.
    pub version: i64,
    pub kind: String,
    pub actor: String,
    pub data: Option<serde_json::Value>,
    pub at: Timestamp,
}

/// An order whose time is over, and what it still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueOrder {
    pub order: Order,
    pub holds: Vec<OrderHold>,
}

/// What an order holds of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderHold {
    pub variant_id: VariantId,
    pub location_id: LocationId,
    pub attempt: i32,
    pub quantity: Quantity,
}

impl OrderSnapshot {
    /// What decides about it.
    pub fn order(&self) -> Order {
        Order {
            id: self.id,
            principal_id: self.principal_id,
            state: self.state,
            version: self.version,
            expires_at: self.expires_at,
            progress: self.progress.clone(),
        }
    }
}
