//! An order as its buyer sees it. The admin's view has a little more around it.

use engine::clock::Timestamp;
use engine::desk::StockMove;
use engine::id::LocationId;
use engine::order::{OrderLine, OrderSnapshot};
use serde::Serialize;
use utoipa::ToSchema;

use crate::description::words::{OrderStatus, PaymentMethod, PaymentStatus};
use crate::view::{MoneyView, TotalsView, millis_until, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderView {
    #[schema(example = "7ZK4-2MQX-9TA")]
    pub(crate) order_no: String,
    #[schema(value_type = String, example = "ord_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: engine::id::OrderId,
    #[schema(value_type = OrderStatus)]
    status: &'static str,
    #[schema(value_type = PaymentStatus)]
    payment_status: &'static str,
    #[schema(value_type = PaymentMethod)]
    payment_method: &'static str,
    /// Send it as `If-Match`, in quotes.
    version: i64,
    totals: TotalsView,
    lines: Vec<LineView>,
    contact: ContactView,
    address: AddressView,
    shipping_method: String,
    #[schema(format = DateTime)]
    placed_at: String,
    /// Until when an unpaid order holds its goods.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    expires_in_ms: Option<i64>,
    carrier: Option<String>,
    tracking: Option<String>,
    cancel_reason: Option<String>,
    /// What the request just did to the stock. Nothing when it did nothing, or when the order was only read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stock: Vec<StockMoveView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrderStockMove)]
struct StockMoveView {
    sku: String,
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    /// `confirm`, `release`, `extend` or `return`, as in the ledger.
    #[schema(example = "release")]
    kind: String,
    on_hand_delta: i64,
    reserved_delta: i64,
    /// Its number in the ledger.
    seq: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrderLine)]
struct LineView {
    sku: String,
    title: String,
    quantity: i64,
    unit_mrp: MoneyView,
    unit_price: MoneyView,
    net: MoneyView,
    tax: MoneyView,
    tax_rate_bp: i32,
    tax_inclusive: bool,
    /// Where it was promised from.
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    /// The number of the stock change that promised it.
    seq: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrderContact)]
struct ContactView {
    email: Option<String>,
    phone: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrderAddress)]
struct AddressView {
    name: String,
    line1: String,
    line2: Option<String>,
    city: String,
    region: Option<String>,
    postal_code: String,
    country: String,
}

impl OrderView {
    pub(crate) fn new(order: OrderSnapshot, now: Timestamp) -> Self {
        let currency = order.currency;
        let address = order.detail.address;
        Self {
            order_no: order.number.to_string(),
            id: order.id,
            status: order.state.status.as_str(),
            payment_status: order.state.payment.as_str(),
            payment_method: order.payment_method.as_str(),
            version: order.version,
            totals: TotalsView::new(&order.totals, currency),
            lines: order.lines.into_iter().map(|line| LineView::new(line, currency)).collect(),
            contact: ContactView { email: order.detail.contact.email, phone: order.detail.contact.phone },
            address: AddressView {
                name: address.name,
                line1: address.line1,
                line2: address.line2,
                city: address.city,
                region: address.region,
                postal_code: address.postal_code,
                country: address.country,
            },
            shipping_method: order.detail.shipping_method,
            placed_at: rfc3339(order.placed_at),
            expires_at: order.expires_at.map(rfc3339),
            expires_in_ms: order.expires_at.map(|at| millis_until(at, now)),
            carrier: order.progress.carrier,
            tracking: order.progress.tracking,
            cancel_reason: order.progress.cancel_reason,
            stock: Vec::new(),
        }
    }

    /// An order that was moved, and what that did to the stock.
    pub(crate) fn moved(order: OrderSnapshot, stock: Vec<StockMove>, now: Timestamp) -> Self {
        let view = |moved: StockMove| {
            let line = order.lines.iter().find(|line| line.variant_id == moved.variant);
            StockMoveView {
                sku: line.map(|line| line.sku.clone()).unwrap_or_default(),
                location_id: moved.location,
                kind: moved.kind,
                on_hand_delta: moved.on_hand,
                reserved_delta: moved.reserved,
                seq: moved.seq,
            }
        };
        let stock = stock.into_iter().map(view).collect();
        Self { stock, ..Self::new(order, now) }
    }

    pub(crate) fn version(&self) -> i64 {
        self.version
    }
}

impl LineView {
    fn new(line: OrderLine, currency: engine::money::Currency) -> Self {
        let money = |amount| MoneyView::new(amount, currency);
        Self {
            sku: line.sku,
            title: line.title,
            quantity: line.quantity.get(),
            unit_mrp: money(line.unit_mrp_minor),
            unit_price: money(line.unit_price_minor),
            net: money(line.net_minor),
            tax: money(line.tax_minor),
            tax_rate_bp: line.tax_rate_bp,
            tax_inclusive: line.tax_inclusive,
            location_id: line.location_id,
            seq: line.seq,
        }
    }
}
