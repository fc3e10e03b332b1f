//! What a buyer is told of a placed order. The same whether told at once or to a repeat years later: it is made of what the
//! order keeps unchanged.

use crate::clock::Timestamp;
use crate::id::{LocationId, OrderId};
use crate::money::Currency;
use crate::order::{OrderNo, OrderSnapshot, PaymentMethod, State};
use crate::pricing::Totals;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub order: OrderId,
    pub number: OrderNo,
    /// As it began.
    pub state: State,
    pub payment_method: PaymentMethod,
    pub currency: Currency,
    pub totals: Totals,
    pub lines: Vec<PlacedLine>,
    pub placed_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedLine {
    pub sku: String,
    pub title: String,
    pub quantity: i64,
    pub unit_mrp_minor: i64,
    pub unit_price_minor: i64,
    pub net_minor: i64,
    /// Where it is promised from.
    pub location: LocationId,
    /// The number of the stock change that promised it.
    pub seq: i64,
}

impl From<OrderSnapshot> for Placed {
    fn from(order: OrderSnapshot) -> Self {
        Self {
            order: order.id,
            number: order.number,
            state: order.payment_method.first_state(),
            payment_method: order.payment_method,
            currency: order.currency,
            totals: order.totals,
            lines: order
                .lines
                .into_iter()
                .map(|line| PlacedLine {
                    sku: line.sku,
                    title: line.title,
                    quantity: line.quantity.get(),
                    unit_mrp_minor: line.unit_mrp_minor,
                    unit_price_minor: line.unit_price_minor,
                    net_minor: line.net_minor,
                    location: line.location_id,
                    seq: line.seq,
                })
                .collect(),
            placed_at: order.placed_at,
            expires_at: order.placed_expires_at,
        }
    }
}
