//! Orders as their tables keep them, and how they are read from there. What makes no sense is said, and never guessed.

use diesel::prelude::*;

use crate::clock::Timestamp;
use crate::id::{CartId, LocationId, OrderId, PrincipalId, StoreId, VariantId};
use crate::money::Currency;
use crate::postgres::schema::{order_lines, orders, stock_holds};
use crate::pricing::Totals;
use crate::quantity::Quantity;

use super::detail::{OrderDetail, Progress};
use super::number::OrderNo;
use super::order::Order;
use super::state::{PaymentStatus, State};
use super::view::{OrderHold, OrderLine, OrderSnapshot};

#[derive(Queryable, Selectable)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub(super) struct OrderRow {
    pub(super) id: OrderId,
    order_no: OrderNo,
    store_id: StoreId,
    principal_id: PrincipalId,
    idempotency_key: String,
    fingerprint: Vec<u8>,
    cart_id: Option<CartId>,
    cart_generation: Option<i64>,
    status: String,
    payment_status: String,
    payment_method: String,
    currency: String,
    mrp_minor: i64,
    discount_minor: i64,
    tax_minor: i64,
    shipping_minor: i64,
    grand_minor: i64,
    detail: serde_json::Value,
    version: i64,
    placed_at: Timestamp,
    placed_expires_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    progress: serde_json::Value,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub(super) struct HeadRow {
    pub(super) id: OrderId,
    principal_id: PrincipalId,
    status: String,
    payment_status: String,
    version: i64,
    expires_at: Option<Timestamp>,
    progress: serde_json::Value,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = stock_holds, check_for_backend(diesel::pg::Pg))]
pub(super) struct HoldRow {
    variant_id: VariantId,
    location_id: LocationId,
    attempt: i32,
    quantity: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = order_lines, check_for_backend(diesel::pg::Pg))]
pub(super) struct LineRow {
    pub(super) order_id: OrderId,
    variant_id: VariantId,
    location_id: LocationId,
    sku: String,
    title: String,
    quantity: i64,
    unit_mrp_minor: i64,
    unit_price_minor: i64,
    net_minor: i64,
    tax_minor: i64,
    tax_rate_bp: i32,
    tax_inclusive: bool,
    seq: i64,
}

impl OrderRow {
    pub(super) fn read(self, lines: Vec<OrderLine>) -> QueryResult<OrderSnapshot> {
        Ok(OrderSnapshot {
            id: self.id,
            number: self.order_no,
            store_id: self.store_id,
            principal_id: self.principal_id,
            idempotency_key: self.idempotency_key,
            fingerprint: self.fingerprint,
            cart: self.cart_id.zip(self.cart_generation),
            state: state(&self.status, &self.payment_status)?,
            payment_method: self.payment_method.parse().map_err(unreadable)?,
            currency: Currency::parse(&self.currency).map_err(unreadable)?,
            totals: Totals {
                mrp_minor: self.mrp_minor,
                discount_minor: self.discount_minor,
                tax_minor: self.tax_minor,
                shipping_minor: self.shipping_minor,
                grand_minor: self.grand_minor,
            },
            detail: serde_json::from_value::<OrderDetail>(self.detail).map_err(unreadable)?,
            version: self.version,
            placed_at: self.placed_at,
            placed_expires_at: self.placed_expires_at,
            expires_at: self.expires_at,
            progress: progress(self.progress)?,
            lines,
        })
    }
}

impl HeadRow {
    pub(super) fn read(self) -> QueryResult<Order> {
        Ok(Order {
            id: self.id,
            principal_id: self.principal_id,
            state: state(&self.status, &self.payment_status)?,
            version: self.version,
            expires_at: self.expires_at,
            progress: progress(self.progress)?,
        })
    }
}

impl HoldRow {
    pub(super) fn read(self) -> QueryResult<OrderHold> {
        Ok(OrderHold {
            variant_id: self.variant_id,
            location_id: self.location_id,
            attempt: self.attempt,
            quantity: Quantity::new(self.quantity).map_err(unreadable)?,
        })
    }
}

impl LineRow {
    pub(super) fn read(self) -> QueryResult<OrderLine> {
        Ok(OrderLine {
            variant_id: self.variant_id,
            location_id: self.location_id,
            sku: self.sku,
            title: self.title,
            quantity: Quantity::new(self.quantity).map_err(unreadable)?,
            unit_mrp_minor: self.unit_mrp_minor,
            unit_price_minor: self.unit_price_minor,
            net_minor: self.net_minor,
            tax_minor: self.tax_minor,
            tax_rate_bp: self.tax_rate_bp,
            tax_inclusive: self.tax_inclusive,
            seq: self.seq,
        })
    }
}

fn state(status: &str, payment: &str) -> QueryResult<State> {
    Ok(State {
        status: status.parse().map_err(unreadable)?,
        payment: payment.parse::<PaymentStatus>().map_err(unreadable)?,
    })
}

fn progress(stored: serde_json::Value) -> QueryResult<Progress> {
    serde_json::from_value(stored).map_err(unreadable)
}

/// The row is there and makes no sense: ours to repair, so it is not mistaken for "not found".
fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> diesel::result::Error {
    diesel::result::Error::DeserializationError(Box::new(error))
}
