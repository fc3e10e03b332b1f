//! Looks at what is listened to, and writes what a listener is told as a `text/event-stream`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use engine::Engine;
use engine::catalog::{AvailabilityPolicy, Offer, Sku};
use engine::clock::Timestamp;
use engine::desk;
use engine::id::{PrincipalId, StoreId};
use engine::order::OrderNo;
use engine::search::availability;
use futures_util::Stream;
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;

use super::hub::{Event, Hub, Listener};
use super::rate::OrderRate;
use super::topic::Topic;
use crate::bodies::Details;
use crate::view::{millis_until, rfc3339};

/// How often it is looked.
const INTERVAL: Duration = Duration::from_millis(500);
const ORDERS_AT_ONCE: usize = 100;
/// So that nothing between us and the listener takes the silence for an end.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What is told of the stock of a SKU.
#[derive(Serialize)]
struct Stock<'a> {
    sku: &'a str,
    availability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<i64>,
    on_sale_from: Option<String>,
    /// How long until it opens, when this was written.
    opens_in_ms: Option<i64>,
}

#[derive(Serialize)]
struct Order {
    order_no: String,
    status: &'static str,
    payment_status: &'static str,
    version: i64,
    expires_at: Option<String>,
    expires_in_ms: Option<i64>,
}

#[derive(Serialize)]
struct Orders {
    placed: u64,
    per_second: u64,
}

/// Where the news come from.
#[derive(Clone)]
pub struct Feed {
    engine: Engine,
    details: Details,
    hub: Hub,
    rate: Arc<OrderRate>,
}

impl Feed {
    pub fn new(engine: Engine, details: Details, hub: Hub, rate: Arc<OrderRate>) -> Self {
        Self { engine, details, hub, rate }
    }

    /// Looks until it is aborted.
    pub fn start(self) -> JoinHandle<()> {
        let io = self.engine.io().clone();
        io.spawn(async move {
            let mut tick = tokio::time::interval(INTERVAL);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut looks = 0;
            loop {
                tick.tick().await;
                self.rate.look(Instant::now());
                let topics = in_turn(self.hub.wanted(), &mut looks);
                let mut stocks = self.stocks(&topics).await;
                for topic in &topics {
                    let data = match topic {
                        Topic::Stock(store, sku) => stocks.remove(&(*store, sku.clone())),
                        Topic::Order(store, number, buyer) => self.order(*store, *number, *buyer).await,
                        Topic::Orders => self.orders(),
                    };
                    if let Some(data) = data {
                        self.hub.tell(topic, data.clone(), |last| steady(last) != steady(&data));
                    }
                }
            }
        })
    }

    /// Of all of them at once: a server that stands by has to ask the database each time, and asks once. Left out is what is
    /// not there, or cannot be read now.
    async fn stocks(&self, topics: &[Topic]) -> HashMap<(StoreId, Sku), Bytes> {
        let mut wanted: HashMap<StoreId, Vec<_>> = HashMap::new();
        for topic in topics {
            if let Topic::Stock(store, sku) = topic
                && let Some((offer, policy)) = self.offer(*store, sku).await
            {
                wanted.entry(*store).or_default().push((sku.clone(), offer, policy));
            }
        }
        let now = self.engine.clock().now();
        let mut told = HashMap::new();
        for (store, wanted) in wanted {
            let Some(shop) = self.engine.shops().of(store) else { continue };
            let variants: Vec<_> = wanted.iter().map(|(_, offer, _)| offer.variant_id).collect();
            let Ok(sellable) = self.engine.inventory().sellable(shop.sells_from, &variants).await else { continue };
            told.extend(wanted.into_iter().zip(sellable).filter_map(|((sku, offer, policy), sellable)| {
                let data = stock(&sku, &offer, policy, sellable, now)?;
                Some(((store, sku), data))
            }));
        }
        told
    }

    async fn offer(&self, store: StoreId, sku: &Sku) -> Option<(Arc<Offer>, AvailabilityPolicy)> {
        let offer = self.engine.offers().get_one(store, sku).await.ok().flatten()?;
        let policy = self.details.get(store, &offer.product_slug).await.ok()?.product.availability;
        Some((offer, policy))
    }

    /// Those that this server took.
    fn orders(&self) -> Option<Bytes> {
        json(&Orders { placed: self.rate.placed(), per_second: self.rate.per_second(Instant::now()) })
    }

    /// `None`: it is not there, or cannot be read now.
    async fn order(&self, store: StoreId, number: OrderNo, buyer: PrincipalId) -> Option<Bytes> {
        let order = self.engine.find_order(desk::Order::Number(store, number)).await.ok()?;
        if order.principal_id != buyer {
            return None;
        }
        let now = self.engine.clock().now();
        json(&Order {
            order_no: number.to_string(),
            status: order.state.status.as_str(),
            payment_status: order.state.payment.as_str(),
            version: order.version,
            expires_at: order.expires_at.map(rfc3339),
            expires_in_ms: order.expires_at.map(|at| millis_until(at, now)),
        })
    }
}

fn stock(sku: &Sku, offer: &Offer, policy: AvailabilityPolicy, sellable: i64, now: Timestamp) -> Option<Bytes> {
    json(&Stock {
        sku: sku.as_str(),
        availability: availability(policy, sellable).name(),
        available: (policy == AvailabilityPolicy::Exact).then_some(sellable),
        on_sale_from: offer.on_sale_from.map(rfc3339),
        opens_in_ms: offer.on_sale_from.map(|opens| millis_until(opens, now)),
    })
}

/// What to look at now: an order costs a query, so at most so many of them at once, one after the other.
fn in_turn(wanted: Vec<Topic>, looks: &mut usize) -> Vec<Topic> {
    let is_order = |topic: &Topic| matches!(topic, Topic::Order(..));
    let (mut orders, others): (Vec<Topic>, Vec<Topic>) = wanted.into_iter().partition(is_order);
    if orders.len() > ORDERS_AT_ONCE {
        orders.sort_by_key(Topic::to_string);
        let start = *looks % orders.len();
        orders.rotate_left(start);
        orders.truncate(ORDERS_AT_ONCE);
        *looks = start + ORDERS_AT_ONCE;
    }
    others.into_iter().chain(orders).collect()
}

fn json<T: Serialize>(data: &T) -> Option<Bytes> {
    serde_json::to_vec(data).ok().map(Bytes::from)
}

/// What is told without what moves by itself: a countdown that goes on is no news.
fn steady(data: &[u8]) -> Option<serde_json::Value> {
    let mut value: serde_json::Value = serde_json::from_slice(data).ok()?;
    let fields = value.as_object_mut()?;
    fields.remove("opens_in_ms");
    fields.remove("expires_in_ms");
    Some(value)
}

/// What `listener` is told, as it is written to it. Ends when the hub closes.
pub fn stream(listener: Listener) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
    futures_util::stream::unfold(Some(listener), |listener| async move {
        let mut listener = listener?;
        loop {
            if let Some(event) = listener.missed.pop_front() {
                return Some((Ok(written(&event)), Some(listener)));
            }
            match tokio::time::timeout(HEARTBEAT, listener.events.recv()).await {
                Err(_) => return Some((Ok(Bytes::from_static(b": still here\n\n")), Some(listener))),
                Ok(Ok(event)) if event.id == u64::MAX => return None,
                Ok(Ok(event)) if listener.topics.contains(&event.topic) => {
                    return Some((Ok(written(&event)), Some(listener)));
                }
                Ok(Ok(_)) => {}
                Ok(Err(RecvError::Lagged(_))) => listener.missed = listener.hub().latest(&listener.topics),
                Ok(Err(RecvError::Closed)) => return None,
            }
        }
    })
}

fn written(event: &Event) -> Bytes {
    let name = match event.topic {
        Topic::Stock(..) => "stock",
        Topic::Order(..) => "order",
        Topic::Orders => "orders",
    };
    let data = String::from_utf8_lossy(&event.data);
    Bytes::from(format!("id: {}\nevent: {name}\ndata: {data}\n\n", event.id))
}
