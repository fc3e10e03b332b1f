//! Old rows go, once everybody has read them.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::task::JoinHandle;

use crate::clock::Clock;

use super::Outbox;

/// Prunes every so often what is older than `keep`, while that is this process's task. Ends when the task is aborted.
pub fn prune_regularly(
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    every: Duration,
    keep: TimeDelta,
    is_ours: impl Fn() -> bool + Send + 'static,
) -> JoinHandle<()> {
    let io = outbox.database.io().clone();
    io.spawn(async move {
        let mut tick = tokio::time::interval(every);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if !is_ours() {
                continue;
            }
            match outbox.prune(clock.now() - keep).await {
                Ok(0) => {}
                Ok(rows) => tracing::debug!(outbox.rows = rows, "pruned the outbox"),
                Err(error) => tracing::warn!(%error, "the outbox was not pruned"),
            }
        }
    })
}
