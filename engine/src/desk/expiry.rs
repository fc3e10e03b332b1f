//! Unpaid orders end: a row with an index, polled; each expiry goes through the journal like any command.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream;

use crate::clock::{Clock, Timestamp};
use crate::fail_point::{Point, reach};
use crate::id::OrderId;
use crate::journal;
use crate::order::{Command, DueOrder, OrderRows};
use crate::postgres::DatabaseError;
use crate::runtime::Runtime;

use super::audited::By;
use super::grace::{self, Span};
use super::moves::{Asked, Desk, Order};

pub struct Expiry {
    pub(crate) desk: Desk,
    pub(crate) orders: Arc<dyn OrderRows>,
    pub(crate) runtime: Runtime,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) journal: journal::Handle,
    /// Those that could not be expired, and until when they are left alone.
    pub(crate) set_aside: Mutex<HashMap<OrderId, Timestamp>>,
}

const EACH: Duration = Duration::from_secs(1);
/// How many are released in one turn, and how many at once: a great many that ran out together must not flood the journal.
const A_TURN: i64 = 2_000;
const AT_ONCE: usize = 64;
/// One that could not be expired (its stock may be stopped) must not stand in the way of those behind it in every turn.
const LEFT_ALONE: TimeDelta = TimeDelta::seconds(10);
/// Two clocks further apart than this: something is wrong, and nothing expires until it is resolved.
const CLOCKS_APART: TimeDelta = TimeDelta::seconds(2);

impl Expiry {
    /// Polls until the program ends.
    pub async fn run(self) {
        loop {
            self.runtime.sleep(EACH).await;
            if !self.journal.proof().is_owner() || !self.journal.is_up() {
                continue;
            }
            match self.clocks_agree().await {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    tracing::warn!(error = %error, "could not ask the database what time it is");
                    continue;
                }
            }
            match self.turn().await {
                Ok(0) => {}
                Ok(expired) => metrics::counter!("doorbuster_orders_expired_total").increment(expired as u64),
                Err(error) => tracing::warn!(error = %error, "could not look for orders that ran out"),
            }
        }
    }

    /// Expires what is due, and says how many orders that were.
    pub async fn turn(&self) -> Result<usize, DatabaseError> {
        let now = self.clock.now();
        let due = self.due(now).await?;
        // The database may have been silent just now, or this process stopped, and the writer not know yet since when.
        if !self.journal.is_up() || !self.journal.proof().is_fresh() {
            return Ok(0);
        }
        if !due.is_empty() {
            reach(Point::ExpiryDue);
        }
        let expired = stream::iter(due)
            .map(|due| self.expire(due))
            .buffer_unordered(AT_ONCE)
            .filter(|done| std::future::ready(*done))
            .count()
            .await;
        Ok(expired)
    }

    async fn due(&self, now: Timestamp) -> Result<Vec<DueOrder>, DatabaseError> {
        let set_aside: Arc<[OrderId]> = {
            let mut set_aside = self.set_aside.lock().unwrap_or_else(PoisonError::into_inner);
            set_aside.retain(|_, until| now < *until);
            set_aside.keys().copied().collect()
        };
        let mut due = Vec::new();
        for Span { after, until } in grace::due(&self.journal.outages(), now) {
            let room = A_TURN.saturating_sub(i64::try_from(due.len()).unwrap_or(i64::MAX));
            let some = self.orders.due(after, until, Arc::clone(&set_aside), room).await?;
            due.extend(some);
        }
        Ok(due)
    }

    async fn clocks_agree(&self) -> Result<bool, DatabaseError> {
        let there = self.orders.time().await?;
        let apart = there.signed_duration_since(self.clock.now()).abs();
        if apart > CLOCKS_APART {
            metrics::counter!("doorbuster_clocks_apart_total").increment(1);
            tracing::error!(
                apart_ms = apart.num_milliseconds(),
                "this clock and the database's differ; nothing expires"
            );
        }
        Ok(apart <= CLOCKS_APART)
    }

    async fn expire(&self, due: DueOrder) -> bool {
        let asked = Asked {
            order: Order::Id(due.order.id),
            principal: None,
            // Paid or extended since it was read: then it is not due any more.
            version: Some(due.order.version),
            by: By::Shop,
            call: None,
        };
        reach(Point::ExpiryBeforeMove);
        match self.desk.move_at_leisure(asked, Command::Expire).await {
            Ok(moved) => !moved.replayed,
            Err(super::Error::VersionConflict { .. }) => false,
            Err(error) => {
                // It stays due, and is tried again later.
                tracing::warn!(order.id = %due.order.id, error = %error, "an order could not be expired");
                if let Some(until) = self.clock.now().checked_add_signed(LEFT_ALONE) {
                    self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).insert(due.order.id, until);
                }
                false
            }
        }
    }
}
