//! The way of an order, put together: everything it passes through, on whatever ground it is given.

use std::sync::{Arc, Mutex};

use crate::actor::{Stage, Wiring};
use crate::cart::{self, CartRows};
use crate::catalog::{Offers, Shops};
use crate::checkout::{self, Checkout, KnownKeys};
use crate::clock::{Clock, CoreClock, IdSource};
use crate::desk::{Desk, Expiry, Turns};
use crate::id::OwnerId;
use crate::idempotency::{AnswerRows, Claims};
use crate::inventory::{self, StockRows, Stockroom};
use crate::journal::{self, Journal, Primary, TakeError};
use crate::memory::Memory;
use crate::order::{OrderNumbers, OrderRows};
use crate::postgres::{Database, DatabaseError};
use crate::runtime::{Running, Runtime};
use crate::settings::Settings;

/// What the way of an order stands on: threads and PostgreSQL in the shop, a simulation in its tests.
#[derive(Clone)]
pub struct Ground {
    pub runtime: Runtime,
    pub stage: Stage,
    pub primary: Arc<dyn Primary>,
    pub stock: Arc<dyn StockRows>,
    pub orders: Arc<dyn OrderRows>,
    pub answers: Arc<dyn AnswerRows>,
    pub carts: Arc<dyn CartRows>,
}

impl Ground {
    pub fn of(database: &Database, stage: Stage) -> Self {
        let rows = Arc::new(database.for_orders());
        Self {
            runtime: database.io().clone().into(),
            stage,
            primary: journal::primary(database.url()),
            stock: Arc::<Database>::clone(&rows),
            orders: Arc::<Database>::clone(&rows),
            answers: rows,
            // Filling a cart comes before any order, and many do only that.
            carts: Arc::new(database.clone()),
        }
    }
}

/// What is for sale, and how.
#[derive(Clone)]
pub struct Goods {
    pub offers: Offers,
    pub shops: Shops,
}

/// A cell that was taken, in which nobody has written yet, or one to stand by for.
pub struct Cell {
    journal: Journal,
    runtime: Runtime,
}

impl Cell {
    /// Takes the cell. Nothing may be decided before it. Fails, and says who it is, when another server owns it.
    pub async fn take(ground: &Ground, owner: OwnerId) -> Result<Self, TakeError> {
        let runtime = ground.runtime.clone();
        let journal = Journal::take(Arc::clone(&ground.primary), runtime.clone(), owner).await?;
        Ok(Self { journal, runtime })
    }

    /// Takes the cell, or leaves it to the server that owns it until that one is gone.
    pub async fn take_or_stand_by(ground: &Ground, owner: OwnerId) -> Result<Self, TakeError> {
        match Self::take(ground, owner).await {
            Err(TakeError::Owned(by)) => {
                tracing::info!(owner = by, "another server owns the cell; standing by");
                let runtime = ground.runtime.clone();
                let journal = Journal::stand_by(Arc::clone(&ground.primary), runtime.clone(), owner).await?;
                Ok(Self { journal, runtime })
            }
            taken => taken,
        }
    }

    /// A clock that goes on from the cell's.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(CoreClock::anchored(self.runtime.clone(), self.journal.anchor.time))
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Sale {
    pub inventory: inventory::Handle,
    pub cart: cart::Handle,
    pub journal: journal::Handle,
    pub stockroom: Stockroom,
    pub checkout: Checkout,
    pub desk: Desk,
}

impl Sale {
    /// Opens for orders. What runs until the journal is closed is the writer.
    pub async fn open(
        cell: Cell,
        ground: Ground,
        settings: &Settings,
        goods: Goods,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<(Self, Running<()>), DatabaseError> {
        let Ground { runtime, stage, stock, orders, answers, carts, .. } = ground;
        let (epoch, luck) = (cell.journal.epoch(), cell.journal.luck());
        let wiring = Wiring { stage, runtime: runtime.clone(), seats: settings.seats, awake_max: settings.awake_max };
        let inventory = inventory::Handle::new(wiring.clone(), Arc::clone(&stock), epoch);
        let cart =
            cart::Handle::start(wiring, carts, goods.offers.clone(), Arc::clone(&clock), settings.cart_edits_max);
        let calls = Claims::new(settings.keys_remembered);
        let checkouts = Claims::new(settings.keys_remembered);
        let keys = Arc::new(KnownKeys::new());
        let memory = Arc::new(Memory {
            inventory: inventory.clone(),
            cart: cart.clone(),
            keys: Arc::clone(&keys),
            checkouts: checkouts.clone(),
            calls: calls.clone(),
            orders: Arc::clone(&orders),
            clock: Arc::clone(&clock),
            runtime: runtime.clone(),
        });
        let (journal, writer) = cell.journal.start(Arc::clone(&clock), memory, settings.batch, settings.journal_seats);
        keys.load(&*orders, clock.now()).await?;

        let stockroom = Stockroom::new(
            inventory.clone(),
            journal.clone(),
            Arc::clone(&stock),
            Arc::clone(&answers),
            Arc::clone(&clock),
            calls.clone(),
            Arc::clone(&ids),
        );
        let desk = Desk {
            orders: Arc::clone(&orders),
            stock,
            answers,
            runtime: runtime.clone(),
            inventory: inventory.clone(),
            journal: journal.clone(),
            clock: Arc::clone(&clock),
            claims: calls,
            hold_ttl_max_s: settings.checkout.hold_ttl_max_s,
            deadline: settings.checkout.deadline,
            turns: Turns::default(),
            ids: Arc::clone(&ids),
        };
        let checkout = Checkout::new(checkout::Parts {
            settings: settings.checkout,
            shops: goods.shops,
            clock,
            ids,
            numbers: OrderNumbers::starting_at(luck.wrapping_mul(4_099)),
            runtime,
            orders,
            offers: goods.offers,
            inventory: inventory.clone(),
            journal: journal.clone(),
            cart: cart.clone(),
            claims: checkouts,
            keys,
        });
        Ok((Self { inventory, cart, journal, stockroom, checkout, desk }, writer))
    }

    pub fn expiry(&self) -> Expiry {
        Expiry {
            desk: self.desk.clone(),
            orders: Arc::clone(&self.desk.orders),
            runtime: self.desk.runtime.clone(),
            clock: Arc::clone(&self.desk.clock),
            journal: self.journal.clone(),
            set_aside: Mutex::default(),
        }
    }

    /// One turn of the idle clock: asks whoever was not used for so many turns to sleep.
    pub async fn retire_idle(&self, idle_ticks: u64) {
        self.inventory.retire_idle(idle_ticks).await;
        self.cart.retire_idle(idle_ticks).await;
    }
}
