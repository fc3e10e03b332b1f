//! One at a time for each order. Nothing is remembered of orders that nobody is at.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::id::OrderId;

#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<OrderId, Arc<AsyncMutex<()>>>>>);

pub(super) struct Turn {
    turns: Turns,
    order: OrderId,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    pub(super) async fn wait(&self, order: OrderId) -> Turn {
        let turn = {
            let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(orders.entry(order).or_default())
        };
        Turn { turns: self.clone(), order, guard: Some(turn.lock_owned().await) }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut orders = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.guard = None;
        // The map's own is the last one: nobody waits.
        if orders.get(&self.order).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            orders.remove(&self.order);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_waits_for_the_first_and_nothing_is_left_behind() {
        let turns = Turns::default();
        let order = OrderId::from_uuid(uuid::Uuid::from_u128(1));
        let first = turns.wait(order).await;
        let second = tokio::spawn({
            let turns = turns.clone();
            async move { drop(turns.wait(order).await) }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        second.await.expect("its turn comes");
        assert!(turns.0.lock().expect("whole").is_empty());
    }
}
