//! What nobody needs any more goes, so that no table grows for ever: carts of people who never came back, answers to keyed
//! requests that nobody repeats so late, batches of the journal that no commit can be in doubt of, and what was searched for
//! long ago.
//!
//! What is pruned is said by age alone, in small deletes. Orders, stock and their history are never touched.

mod batches;
mod by_age;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::cart;
use crate::clock::Clock;
use crate::journal;
use crate::postgres::{Database, DatabaseError};
use crate::searched;

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Since the cart was changed last.
    pub carts: TimeDelta,
    /// A request repeated later than this is a new one.
    pub keys: TimeDelta,
    pub batches: TimeDelta,
    /// What people searched for, by day.
    pub searched: TimeDelta,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            carts: TimeDelta::days(30),
            keys: TimeDelta::hours(48),
            batches: TimeDelta::days(7),
            searched: TimeDelta::days(searched::DAYS_KEPT),
        }
    }
}

pub struct Pruning {
    pub(crate) cart: cart::Handle,
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) journal: journal::Handle,
    pub(crate) keep: Keep,
}

/// How much went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pruned {
    pub carts: usize,
    pub keys: usize,
    pub batches: usize,
    pub searched: usize,
}

const EVERY: Duration = Duration::from_secs(3600);

impl Pruning {
    /// Prunes every so often, until the program ends.
    pub async fn run(self) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if !self.journal.proof().is_owner() {
                continue;
            }
            match self.turn().await {
                Ok(pruned) if pruned == Pruned::default() => {}
                Ok(Pruned { carts, keys, batches, searched }) => {
                    tracing::info!(carts, keys, batches, searched, "pruned")
                }
                Err(error) => tracing::warn!(error = %error, "not pruned"),
            }
        }
    }

    /// Prunes what is old enough now, and says how much that was.
    pub async fn turn(&self) -> Result<Pruned, DatabaseError> {
        let now = self.clock.now();
        let carts = self.cart.prune(&self.database, now - self.keep.carts).await?;
        let keys = by_age::prune(&self.database, by_age::KEYS, now - self.keep.keys).await?;
        let batches = batches::prune(&self.database, now - self.keep.batches).await?;
        let searched = by_age::prune(&self.database, by_age::SEARCHED, now - self.keep.searched).await?;
        for (what, rows) in [("carts", carts), ("keys", keys), ("batches", batches), ("searched", searched)] {
            metrics::counter!("doorbuster_pruned_rows_total", "of" => what).increment(rows as u64);
        }
        Ok(Pruned { carts, keys, batches, searched })
    }
}
