//! The engine: opens what it needs in order, hands out handles, and goes down in order.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;
use tokio::runtime::Handle as Runtime;
use tokio::task::JoinHandle;

use crate::actor::{Threads, Wiring};
use crate::cart;
use crate::catalog::{self, Catalog, Changed, Offers, Terms};
use crate::checkout::{self, Checkout, KnownKeys};
use crate::clock::{Clock, CoreClock, IdSource, RandomIds, SystemClock};
use crate::desk::{Desk, Expiry};
use crate::id::{OwnerId, StoreId};
use crate::idempotency::Claims;
use crate::inventory::{self, Stockroom};
use crate::journal::{self, Bounds, Journal};
use crate::memory::Memory;
use crate::order::OrderNumbers;
use crate::outbox::{self, Outbox};
use crate::postgres::{Database, DatabaseError};
use crate::pruning::{Keep, Pruning};

/// What can be chosen when the engine is opened.
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

/// Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Rooms>);

struct Rooms {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    catalog: Catalog,
    terms: Terms,
    inventory: inventory::Handle,
    cart: cart::Handle,
    journal: journal::Handle,
    stockroom: Stockroom,
    checkout: Checkout,
    desk: Desk,
    keep: Keep,
    tasks: std::sync::Mutex<Tasks>,
    // Last, so that everything above has gone when the threads stop.
    _threads: Threads,
}

#[derive(Default)]
struct Tasks {
    writer: Option<JoinHandle<()>>,
    background: Vec<JoinHandle<()>>,
}

/// For people and metrics.
#[derive(Debug, Clone, Copy)]
pub struct Status {
    pub journal: journal::Status,
    pub skus_awake: usize,
    pub carts: cart::Status,
    pub speaks_for_the_cell: bool,
}

const TICK: Duration = Duration::from_secs(30);
/// How late another process's change of a price may be charged.
const HEARD_EVERY: Duration = Duration::from_millis(250);
const PRUNED_EVERY: Duration = Duration::from_secs(600);
/// For people who want to see what was said.
const OUTBOX_KEPT: TimeDelta = TimeDelta::days(1);

impl Engine {
    /// Takes the cell of the database and opens the shop. The database must be migrated. Fails, and says who it is, when
    /// another server owns the cell.
    pub async fn open(database: Database, settings: Settings) -> anyhow::Result<Self> {
        Self::open_with(database, settings, None, Arc::new(RandomIds)).await
    }

    /// With a clock and ids of one's own: for tests, in which time is moved.
    pub async fn open_with(
        database: Database,
        settings: Settings,
        clock: Option<Arc<dyn Clock>>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        let io = database.io().clone();
        let opened = io.spawn(Self::open_on_io(database, settings, clock, ids));
        opened.await?
    }

    async fn open_on_io(
        database: Database,
        settings: Settings,
        clock: Option<Arc<dyn Clock>>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        let owner = OwnerId::from_uuid(ids.next(SystemClock.now()));
        let cell = Journal::take(database.url(), owner).await?;
        let clock = clock.unwrap_or_else(|| Arc::new(CoreClock::anchored(cell.anchor)));
        let epoch = cell.epoch();

        let threads = Threads::start(settings.arbiters)?;
        let wiring = Wiring {
            arbiters: threads.arbiters(),
            io: database.io().clone(),
            seats: settings.seats,
            awake_max: settings.awake_max,
        };
        let inventory = inventory::Handle::new(wiring.clone(), database.clone(), epoch);
        let mut connection = database.connection().await?;
        let terms = Terms::load(&mut connection, StoreId::MAIN).await?;
        let catalog = Catalog::new(database.clone(), Arc::clone(&clock), Arc::clone(&ids)).keeping(terms.clone());
        let cart = cart::Handle::start(
            wiring,
            database.clone(),
            catalog.offers().clone(),
            Arc::clone(&clock),
            settings.cart_edits_max,
        );
        let claims = Claims::new(settings.keys_remembered);
        let checkouts = Claims::new(settings.keys_remembered);
        let keys = Arc::new(KnownKeys::new());
        let memory = Arc::new(Memory {
            inventory: inventory.clone(),
            cart: cart.clone(),
            keys: Arc::clone(&keys),
            checkouts: checkouts.clone(),
            calls: claims.clone(),
            database: database.clone(),
            clock: Arc::clone(&clock),
        });
        let (journal, writer) =
            cell.start(database.io(), Arc::clone(&clock), memory, settings.batch, settings.journal_seats);

        keys.load(&mut connection, clock.now()).await?;
        drop(connection);

        let stockroom =
            Stockroom::new(inventory.clone(), journal.clone(), database.clone(), Arc::clone(&clock), claims.clone());
        let desk = Desk::new(
            database.clone(),
            inventory.clone(),
            journal.clone(),
            Arc::clone(&clock),
            claims,
            settings.checkout.hold_ttl_max_s,
            settings.checkout.deadline,
        );
        let checkout = Checkout::new(checkout::Parts {
            settings: settings.checkout,
            rules: Arc::clone(terms.rules()),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
            numbers: OrderNumbers::starting_at(epoch.cast_unsigned().wrapping_mul(4_099)),
            database: database.clone(),
            offers: catalog.offers().clone(),
            inventory: inventory.clone(),
            journal: journal.clone(),
            cart: cart.clone(),
            claims: checkouts,
            keys,
        });

        let idle_ticks = settings.idle_after.as_secs() / TICK.as_secs();
        let sleeper = database.io().spawn(retire_idle(inventory.clone(), cart.clone(), idle_ticks.max(1)));
        let tasks = Tasks { writer: Some(writer), background: vec![sleeper] };
        Ok(Self(Arc::new(Rooms {
            database,
            clock,
            ids,
            catalog,
            terms,
            inventory,
            cart,
            journal,
            stockroom,
            checkout,
            desk,
            keep: settings.keep,
            tasks: std::sync::Mutex::new(tasks),
            _threads: threads,
        })))
    }

    /// Begins to expire unpaid orders. Not done by `open`, so that tests decide when.
    pub fn start_expiry(&self) {
        let task = self.0.database.io().spawn(self.expiry().run());
        self.background(task);
    }

    /// Begins to remove what nobody needs any more. Not done by `open`, so that tests decide when.
    pub fn start_pruning(&self) {
        let task = self.0.database.io().spawn(self.pruning().run());
        self.background(task);
    }

    pub fn pruning(&self) -> Pruning {
        Pruning {
            cart: self.0.cart.clone(),
            database: self.0.database.clone(),
            clock: Arc::clone(&self.0.clock),
            journal: self.0.journal.clone(),
            keep: self.0.keep,
        }
    }

    /// Begins to hear what other processes changed in the catalogue, and to remove what all consumers of the outbox have
    /// heard. To be called before anybody is served: what was read earlier may have changed unheard.
    pub async fn start_outbox(&self) -> Result<(), DatabaseError> {
        let outbox = self.outbox();
        let from = outbox.horizon().await?;
        let catalog = self.0.catalog.clone();
        let hear = move |event: &outbox::Event| match Changed::deserialize(&event.payload) {
            Ok(changed) => catalog.heard(event.store, &changed),
            Err(error) => tracing::error!(outbox.position = %event.position, %error, "an event cannot be read"),
        };
        self.background(outbox::follow(outbox.clone(), &[catalog::TOPIC], from, HEARD_EVERY, hear));
        self.background(outbox::prune_regularly(outbox, Arc::clone(&self.0.clock), PRUNED_EVERY, OUTBOX_KEPT));
        Ok(())
    }

    pub fn outbox(&self) -> Outbox {
        Outbox::new(self.0.database.clone())
    }

    pub fn expiry(&self) -> Expiry {
        Expiry {
            desk: self.0.desk.clone(),
            database: self.0.database.clone(),
            clock: Arc::clone(&self.0.clock),
            journal: self.0.journal.clone(),
            set_aside: std::sync::Mutex::default(),
        }
    }

    pub fn database(&self) -> &Database {
        &self.0.database
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    pub fn ids(&self) -> &Arc<dyn IdSource> {
        &self.0.ids
    }

    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    pub fn offers(&self) -> &Offers {
        self.0.catalog.offers()
    }

    pub fn rules(&self) -> &checkout::StoreRules {
        self.0.terms.rules()
    }

    pub fn inventory(&self) -> &inventory::Handle {
        &self.0.inventory
    }

    pub fn cart(&self) -> &cart::Handle {
        &self.0.cart
    }

    pub fn journal(&self) -> &journal::Handle {
        &self.0.journal
    }

    pub fn stockroom(&self) -> &Stockroom {
        &self.0.stockroom
    }

    pub fn checkout(&self) -> &Checkout {
        &self.0.checkout
    }

    pub fn desk(&self) -> &Desk {
        &self.0.desk
    }

    pub fn status(&self) -> Status {
        Status {
            journal: self.0.journal.status(),
            skus_awake: self.0.inventory.awake(),
            carts: self.0.cart.status(),
            speaks_for_the_cell: self.0.journal.proof().is_fresh(),
        }
    }

    /// The runtime on which everything that waits runs.
    pub fn io(&self) -> &Runtime {
        self.0.database.io()
    }

    /// Ends a task when the engine goes down.
    pub fn background(&self, task: JoinHandle<()>) {
        self.0.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner).background.push(task);
    }

    /// Takes no more orders, writes what was accepted, and gives the cell up.
    pub async fn close(&self) {
        let tasks = std::mem::take(&mut *self.0.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for task in &tasks.background {
            task.abort();
        }
        self.0.journal.close();
        if let Some(writer) = tasks.writer
            && let Err(error) = writer.await
        {
            tracing::error!(error = %error, "the journal ended badly");
        }
    }
}

async fn retire_idle(inventory: inventory::Handle, cart: cart::Handle, idle_ticks: u64) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        inventory.retire_idle(idle_ticks).await;
        cart.retire_idle(idle_ticks).await;
    }
}
