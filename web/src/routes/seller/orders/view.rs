//! An order as one of its sellers sees it: the own lines, and where they go. Neither what others sold in it, nor what it
//! came to, nor the buyer's e-mail and phone: a parcel needs a name and an address.

use engine::order::{Address, OrderLine, OrderSnapshot};
use serde::Serialize;
use utoipa::ToSchema;

use crate::description::words::OrderStatus;
use crate::view::{MoneyView, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = SellerOrder)]
pub(super) struct OwnOrderView {
    #[schema(example = "7ZK4-2MQX-9TA")]
    order_no: String,
    #[schema(value_type = OrderStatus)]
    status: &'static str,
    /// Yours alone.
    lines: Vec<OwnLineView>,
    deliver_to: DeliverToView,
    shipping_method: String,
    #[schema(format = DateTime)]
    placed_at: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SellerOrderLine)]
struct OwnLineView {
    sku: String,
    title: String,
    quantity: i64,
    unit_price: MoneyView,
    net: MoneyView,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DeliverTo)]
struct DeliverToView {
    name: String,
    line1: String,
    line2: Option<String>,
    city: String,
    region: Option<String>,
    postal_code: String,
    country: String,
}

impl From<OrderSnapshot> for OwnOrderView {
    fn from(order: OrderSnapshot) -> Self {
        let currency = order.currency;
        let line = |line: OrderLine| OwnLineView {
            sku: line.sku,
            title: line.title,
            quantity: line.quantity.get(),
            unit_price: MoneyView::new(line.unit_price_minor, currency),
            net: MoneyView::new(line.net_minor, currency),
        };
        Self {
            order_no: order.number.to_string(),
            status: order.state.status.as_str(),
            lines: order.lines.into_iter().map(line).collect(),
            deliver_to: order.detail.address.into(),
            shipping_method: order.detail.shipping_method,
            placed_at: rfc3339(order.placed_at),
        }
    }
}

impl From<Address> for DeliverToView {
    fn from(address: Address) -> Self {
        Self {
            name: address.name,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            region: address.region,
            postal_code: address.postal_code,
            country: address.country,
        }
    }
}
