//! An order as the shop sees it.

use engine::clock::Timestamp;
use engine::desk::StockMove;
use engine::order::{OrderEvent, OrderSnapshot};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::orders::view::OrderView;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = AdminOrder)]
pub(super) struct AdminOrderView {
    #[serde(flatten)]
    order: OrderView,
    /// Whose it is.
    #[schema(value_type = String, example = "prin_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    principal: engine::id::PrincipalId,
    /// Of the request that placed it.
    #[schema(example = "8e03978e-40d5-43dd-bc93-6894a57f9324")]
    idempotency_key: String,
    /// The cart that became it; none when it was bought at once.
    #[schema(value_type = Option<String>, example = "cart_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    cart: Option<engine::id::CartId>,
    /// What happened to it, oldest first. Only when one order is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<EventView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OrderEvent)]
struct EventView {
    /// The order's version after it.
    version: i64,
    #[schema(example = "confirmed")]
    kind: String,
    #[schema(example = "admin")]
    actor: String,
    data: Option<serde_json::Value>,
    #[schema(format = DateTime)]
    at: String,
}

impl AdminOrderView {
    pub(super) fn new(order: OrderSnapshot, events: Vec<OrderEvent>, now: Timestamp) -> Self {
        let events = events.into_iter().map(|event| EventView {
            version: event.version,
            kind: event.kind,
            actor: event.actor,
            data: event.data,
            at: rfc3339(event.at),
        });
        Self { events: events.collect(), ..Self::moved(order, Vec::new(), now) }
    }

    /// An order that was moved, and what that did to the stock.
    pub(super) fn moved(order: OrderSnapshot, stock: Vec<StockMove>, now: Timestamp) -> Self {
        let (principal, idempotency_key) = (order.principal_id, order.idempotency_key.clone());
        let cart = order.cart.map(|(cart, _)| cart);
        Self { order: OrderView::moved(order, stock, now), principal, idempotency_key, cart, events: Vec::new() }
    }

    pub(super) fn version(&self) -> i64 {
        self.order.version()
    }
}
