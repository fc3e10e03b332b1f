//! What can be chosen when the engine is opened.

use std::time::Duration;

use crate::checkout;
use crate::journal::Bounds;
use crate::pruning::Keep;

#[derive(Debug, Clone)]
pub struct Settings {
    pub pool_size: usize,
    /// Threads that actors decide on.
    pub arbiters: usize,
    /// Questions that may wait at one actor.
    pub seats: usize,
    /// Actors of a kind that may be awake.
    pub awake_max: usize,
    pub batch: Bounds,
    /// Bundles that may be on their way to the database.
    pub journal_seats: usize,
    /// Changes of carts that may be on their way to the database.
    pub cart_edits_max: usize,
    pub checkout: checkout::Settings,
    /// Ended requests that are remembered.
    pub keys_remembered: usize,
    pub idle_after: Duration,
    pub keep: Keep,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pool_size: 8,
            arbiters: 1,
            seats: 8_192,
            awake_max: 1_000_000,
            batch: Bounds::default(),
            journal_seats: 16_384,
            cart_edits_max: 8_192,
            checkout: checkout::Settings {
                hold_ttl_s: 900,
                hold_ttl_max_s: 86_400,
                deadline: Duration::from_secs(10),
                patience: Duration::from_secs(5),
            },
            keys_remembered: 200_000,
            idle_after: Duration::from_secs(600),
            keep: Keep::default(),
        }
    }
}
