//! Reading: each look sees the tables as they are at one moment on the way, which is over when the answer arrives.

use std::sync::Arc;

use engine::cart::{CartLink, CartRows, Contents, Fault as CartFault};
use engine::catalog::{Offer, OfferRows, Sku};
use engine::clock::Timestamp;
use engine::id::{CartId, LocationId, OrderId, PrincipalId, StoreId, VariantId};
use engine::idempotency::{AnswerRows, Call, Known};
use engine::inventory::store::{HoldRow, LevelRow};
use engine::inventory::{AccountId, Durable, Hold, HoldKey, StockRows, UsageKey};
use engine::journal::Fault;
use engine::order::{DueOrder, EachKey, OrderHold, OrderNo, OrderRows, OrderSnapshot, Status};
use engine::postgres::DatabaseError;
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::rows;
use super::session::FromNode;
use super::tables::Tables;
use crate::goods;
use crate::world;

impl FromNode {
    async fn look<T>(&self, at: impl FnOnce(&Tables) -> T) -> Result<T, DatabaseError> {
        let away = |fault: Fault| DatabaseError::Unavailable(fault.message);
        self.arrive().await.map_err(away)?;
        let seen = at(&self.postgres.server().tables);
        if world::one_in(12) {
            // What was seen is old by the time it is told.
            world::pause_up_to(std::time::Duration::from_millis(60)).await;
        }
        self.arrive().await.map_err(away)?;
        Ok(seen)
    }
}

fn first_hold(account: AccountId) -> HoldKey {
    HoldKey { account, order: OrderId::from_uuid(Uuid::nil()), attempt: 0 }
}

impl StockRows for FromNode {
    fn load(&self, variant: VariantId) -> BoxFuture<'_, Result<Durable, DatabaseError>> {
        Box::pin(self.look(move |tables| {
            let levels = tables.levels.iter().filter(|(account, _)| account.variant == variant);
            let first = first_hold(AccountId { variant, location: LocationId::from_uuid(Uuid::nil()) });
            let holds = tables.holds.range(first..).take_while(|(key, _)| key.account.variant == variant);
            let live = holds.filter(|(_, hold)| hold.state == "held").map(|(key, hold)| Hold {
                key: *key,
                quantity: hold.quantity,
                principal: hold.principal,
                limit_window: hold.limit_window,
                expires_at: hold.expires_at,
            });
            let usage = tables.usage.iter().filter(|((used, _, _), count)| *used == variant && **count > 0);
            Durable {
                store: StoreId::MAIN,
                levels: levels.map(|(account, level)| (account.location, *level)).collect(),
                holds: live.collect(),
                usage: usage
                    .map(|((_, principal, window), count)| {
                        (UsageKey { principal: *principal, window_start: *window }, *count)
                    })
                    .collect(),
            }
        }))
    }

    fn levels(&self, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Vec<(VariantId, LevelRow)>, DatabaseError>> {
        let looking = self.look(move |tables| {
            let wanted = tables.levels.iter().filter(|(account, _)| variants.contains(&account.variant));
            wanted
                .map(|(account, level)| {
                    let row = LevelRow { location: account.location, location_code: String::new(), level: *level };
                    (account.variant, row)
                })
                .collect()
        });
        Box::pin(async move {
            let seen = looking.await?;
            if world::one_in(2) {
                // Nobody waits for whoever only looks.
                world::pause_up_to(std::time::Duration::from_millis(60)).await;
            }
            Ok(seen)
        })
    }

    fn location(&self, _: StoreId, _: Option<String>) -> BoxFuture<'_, Result<Option<LocationId>, DatabaseError>> {
        Box::pin(async { Ok(Some(LocationId::MAIN)) })
    }

    fn holds_of_order(
        &self,
        order: OrderId,
        _: Vec<VariantId>,
    ) -> BoxFuture<'_, Result<Vec<(VariantId, HoldRow)>, DatabaseError>> {
        Box::pin(self.look(move |tables| {
            let own = tables.holds.iter().filter(|(key, _)| key.order == order);
            own.map(|(key, hold)| (key.account.variant, hold_row(key, hold))).collect()
        }))
    }
}

fn hold_row(key: &HoldKey, hold: &rows::Hold) -> HoldRow {
    HoldRow {
        location: key.account.location,
        order: key.order,
        attempt: key.attempt,
        quantity: hold.quantity,
        returned: hold.returned,
        state: hold.state.to_owned(),
        principal: hold.principal,
        limit_window: hold.limit_window,
        expires_at: hold.expires_at,
    }
}

type Found = Result<Option<OrderSnapshot>, DatabaseError>;

impl OrderRows for FromNode {
    fn by_id(&self, id: OrderId) -> BoxFuture<'_, Found> {
        Box::pin(self.look(move |tables| tables.orders.get(&id).cloned()))
    }

    fn by_number(&self, _: StoreId, number: OrderNo) -> BoxFuture<'_, Found> {
        Box::pin(self.look(move |tables| tables.orders.values().find(|order| order.number == number).cloned()))
    }

    fn by_key(&self, _: StoreId, principal: PrincipalId, key: String) -> BoxFuture<'_, Found> {
        Box::pin(self.look(move |tables| {
            let id = tables.by_key.get(&(principal, key))?;
            tables.orders.get(id).cloned()
        }))
    }

    fn due(
        &self,
        after: Timestamp,
        until: Timestamp,
        but_not: Arc<[OrderId]>,
        limit: i64,
    ) -> BoxFuture<'_, Result<Vec<DueOrder>, DatabaseError>> {
        Box::pin(self.look(move |tables| {
            let mut due: Vec<&OrderSnapshot> = tables
                .orders
                .values()
                .filter(|order| matches!(order.state.status, Status::PaymentPending | Status::Expiring))
                .filter(|order| order.expires_at.is_some_and(|at| after < at && at <= until))
                .filter(|order| !but_not.contains(&order.id))
                .collect();
            due.sort_by_key(|order| (order.expires_at, order.id));
            due.truncate(usize::try_from(limit).unwrap_or(0));
            due.into_iter().map(|order| DueOrder { order: order.order(), holds: held(tables, order.id) }).collect()
        }))
    }

    fn keys_since(&self, first: OrderId, each: EachKey) -> BoxFuture<'_, Result<(), DatabaseError>> {
        Box::pin(self.look(move |tables| {
            for order in tables.orders.range(first..).map(|(_, order)| order) {
                each(order.store_id, order.principal_id, &order.idempotency_key);
            }
        }))
    }

    fn time(&self) -> BoxFuture<'_, Result<Timestamp, DatabaseError>> {
        Box::pin(async move {
            let postgres = self.postgres.clone();
            self.look(|_| ()).await?;
            Ok(postgres.clock())
        })
    }
}

fn held(tables: &Tables, order: OrderId) -> Vec<OrderHold> {
    let own = tables.holds.iter().filter(|(key, hold)| key.order == order && hold.state == "held");
    own.map(|(key, hold)| OrderHold {
        variant_id: key.account.variant,
        location_id: key.account.location,
        attempt: key.attempt,
        quantity: engine::quantity::Quantity::new(hold.quantity).expect("it was one"),
    })
    .collect()
}

impl AnswerRows for FromNode {
    fn known(&self, call: Call) -> BoxFuture<'_, Result<Option<Known>, DatabaseError>> {
        Box::pin(self.look(move |tables| {
            let answer = tables.answers.get(&(call.principal, call.route.to_owned(), call.key))?;
            let body = serde_json::from_str(&answer.body).expect("it is JSON");
            Some(Known { fingerprint: answer.fingerprint.clone(), status: answer.status, body })
        }))
    }
}

impl CartRows for FromNode {
    fn load(&self, ids: Vec<CartId>) -> BoxFuture<'_, Result<Vec<Contents>, DatabaseError>> {
        Box::pin(self.look(move |tables| ids.iter().filter_map(|id| tables.carts.get(id).cloned()).collect()))
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn CartLink>, CartFault>> {
        Box::pin(self.open_for_carts())
    }
}

impl OfferRows for FromNode {
    fn by_sku(&self, _: StoreId, skus: Vec<Sku>) -> BoxFuture<'_, Result<Vec<Offer>, DatabaseError>> {
        Box::pin(async move {
            world::pause_up_to(std::time::Duration::from_millis(1)).await;
            Ok(goods::offers().into_iter().filter(|offer| skus.contains(&offer.sku)).collect())
        })
    }

    fn by_variant(&self, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Vec<Offer>, DatabaseError>> {
        Box::pin(async move {
            Ok(goods::offers().into_iter().filter(|offer| variants.contains(&offer.variant_id)).collect())
        })
    }
}
