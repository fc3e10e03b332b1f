//! What this process remembers of the cell, and what a commit, or the loss of the cell, means to it.

use std::sync::Arc;

use crate::cart;
use crate::checkout::{Ended, KnownKeys};
use crate::clock::Clock;
use crate::idempotency::Claims;
use crate::inventory::{self, AccountId, Taken};
use crate::journal::{Consequences, Levels};
use crate::order::OrderRows;
use crate::runtime::Runtime;

pub(crate) struct Memory {
    pub(crate) inventory: inventory::Handle,
    pub(crate) cart: cart::Handle,
    pub(crate) keys: Arc<KnownKeys>,
    /// What became of checkouts, and of everything else that came with a key.
    pub(crate) checkouts: Claims<Ended>,
    pub(crate) calls: Claims<()>,
    pub(crate) orders: Arc<dyn OrderRows>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) runtime: Runtime,
}

impl Consequences for Memory {
    fn publish(&self, epoch: i64, levels: &Levels) {
        self.inventory.publish(epoch, levels);
    }

    fn settle(&self, takes: Vec<Taken>) {
        self.inventory.settle(takes);
    }

    fn stop(&self, accounts: &[AccountId]) {
        self.inventory.stop(accounts);
    }

    fn stop_for_good(&self, accounts: &[AccountId]) {
        self.inventory.stop_for_good(accounts);
    }

    fn stand_by(&self) {
        self.inventory.stand_by();
        self.cart.stand_by();
    }

    fn forget_all(&self) {
        // Nobody is refused without a look into the database until the other's keys are known.
        self.keys.doubt();
        // A request that was refused here may have been granted there, and the other way round.
        self.checkouts.forget_ended();
        self.calls.forget_ended();
        self.inventory.forget_all();
        self.cart.forget_all();
        let (keys, orders, clock) = (Arc::clone(&self.keys), Arc::clone(&self.orders), Arc::clone(&self.clock));
        let runtime = self.runtime.clone();
        self.runtime.spawn(async move { keys.load_in_time(&*orders, &*clock, &runtime).await });
    }
}
