//! The engine: opens what it needs in order, hands out handles, and goes down in order.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;
use tokio::runtime::Handle as Runtime;
use tokio::task::JoinHandle;

use crate::actor::Threads;
use crate::cart;
use crate::catalog::{self, Catalog, Changed, Offers, Shops, Terms};
use crate::checkout::Checkout;
use crate::clock::{Clock, IdSource, RandomIds, SystemClock};
use crate::desk::{self, Desk, Expiry};
use crate::id::OwnerId;
use crate::inventory::{self, Stockroom};
use crate::journal;
use crate::merchandising::Merchandising;
use crate::order::{OrderRows, OrderSnapshot};
use crate::outbox::{self, Outbox};
use crate::postgres::{Database, DatabaseError};
use crate::pruning::{Keep, Pruning};
use crate::runtime::Running;
use crate::sale::{Cell, Goods, Ground, Sale};
use crate::searched;
use crate::settings::Settings;

/// Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Rooms>);

struct Rooms {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    catalog: Catalog,
    terms: Terms,
    merchandising: Merchandising,
    searched: searched::Log,
    sale: Sale,
    keep: Keep,
    tasks: std::sync::Mutex<Tasks>,
    // Last, so that everything above has gone when the threads stop.
    _threads: Threads,
}

#[derive(Default)]
struct Tasks {
    writer: Option<Running<()>>,
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

    /// The same, but where another server owns the cell this one stands by: it serves what can be read, and takes the cell
    /// when the other is gone.
    pub async fn open_or_stand_by(database: Database, settings: Settings) -> anyhow::Result<Self> {
        Self::open_or_stand_by_with(database, settings, None, Arc::new(RandomIds)).await
    }

    /// With a clock and ids of one's own: for tests, in which time is moved.
    pub async fn open_or_stand_by_with(
        database: Database,
        settings: Settings,
        clock: Option<Arc<dyn Clock>>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        Self::open_as(true, database, settings, clock, ids).await
    }

    /// With a clock and ids of one's own: for tests, in which time is moved.
    pub async fn open_with(
        database: Database,
        settings: Settings,
        clock: Option<Arc<dyn Clock>>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        Self::open_as(false, database, settings, clock, ids).await
    }

    async fn open_as(
        may_stand_by: bool,
        database: Database,
        settings: Settings,
        clock: Option<Arc<dyn Clock>>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        let io = database.io().clone();
        let opened = io.spawn(Self::open_on_io(may_stand_by, database, settings, clock, ids));
        opened.await?
    }

    async fn open_on_io(
        may_stand_by: bool,
        database: Database,
        settings: Settings,
        clock: Option<Arc<dyn Clock>>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        let threads = Threads::start(settings.arbiters)?;
        let ground = Ground::of(&database, threads.stage());
        let owner = OwnerId::from_uuid(ids.next(SystemClock.now()));
        let cell = if may_stand_by {
            Cell::take_or_stand_by(&ground, owner).await?
        } else {
            Cell::take(&ground, owner).await?
        };
        let clock = clock.unwrap_or_else(|| cell.clock());
        let terms = Terms::load(&mut *database.connection().await?).await?;
        let catalog = Catalog::new(database.clone(), Arc::clone(&clock), Arc::clone(&ids)).keeping(terms.clone());
        let merchandising = Merchandising::new(database.clone(), Arc::clone(&clock), Arc::clone(&ids));
        let searched = searched::Log::new(database.clone(), Arc::clone(&clock));
        let goods = Goods { offers: catalog.offers().clone(), shops: terms.shops().clone() };
        let (sale, writer) = Sale::open(cell, ground, &settings, goods, Arc::clone(&clock), Arc::clone(&ids)).await?;

        let idle_ticks = settings.idle_after.as_secs() / TICK.as_secs();
        let sleeper = database.io().spawn(retire_idle(sale.clone(), idle_ticks.max(1)));
        let tasks = Tasks { writer: Some(writer), background: vec![sleeper] };
        Ok(Self(Arc::new(Rooms {
            database,
            clock,
            ids,
            catalog,
            terms,
            merchandising,
            searched,
            sale,
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
            cart: self.cart().clone(),
            database: self.0.database.clone(),
            clock: Arc::clone(&self.0.clock),
            journal: self.journal().clone(),
            keep: self.0.keep,
        }
    }

    /// Begins to hear what other processes changed in the catalogue. To be called once, before anybody is served: what was
    /// read earlier may have changed unheard.
    pub async fn start_hearing(&self) -> Result<(), DatabaseError> {
        let outbox = self.outbox();
        let from = outbox.horizon().await?;
        self.0.catalog.catch_up().await?;
        let catalog = self.0.catalog.clone();
        let hear = move |event: &outbox::Event| match Changed::deserialize(&event.payload) {
            Ok(changed) => catalog.heard(event.store, &changed),
            Err(error) => tracing::error!(outbox.position = %event.position, %error, "an event cannot be read"),
        };
        self.background(outbox::follow(outbox, &[catalog::TOPIC], from, HEARD_EVERY, hear));
        Ok(())
    }

    /// Begins to remove what all consumers of the outbox have heard. Not done by `open`, so that tests decide when.
    pub fn start_outbox_pruning(&self) {
        let outbox = self.outbox();
        let proof = Arc::clone(self.journal().proof());
        let is_ours = move || proof.is_owner();
        self.background(outbox::prune_regularly(outbox, Arc::clone(&self.0.clock), PRUNED_EVERY, OUTBOX_KEPT, is_ours));
    }

    pub fn outbox(&self) -> Outbox {
        Outbox::new(self.0.database.clone())
    }

    pub fn expiry(&self) -> Expiry {
        self.0.sale.expiry()
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

    /// How each store sells.
    pub fn shops(&self) -> &Shops {
        self.0.terms.shops()
    }

    /// What the stores say about words and products when somebody searches.
    pub fn merchandising(&self) -> &Merchandising {
        &self.0.merchandising
    }

    /// What people searched for.
    pub fn searched(&self) -> &searched::Log {
        &self.0.searched
    }

    pub fn inventory(&self) -> &inventory::Handle {
        &self.0.sale.inventory
    }

    pub fn cart(&self) -> &cart::Handle {
        &self.0.sale.cart
    }

    pub fn journal(&self) -> &journal::Handle {
        &self.0.sale.journal
    }

    pub fn stockroom(&self) -> &Stockroom {
        &self.0.sale.stockroom
    }

    pub fn checkout(&self) -> &Checkout {
        &self.0.sale.checkout
    }

    /// An order, for who only looks at it: whoever moves one asks the desk.
    pub async fn find_order(&self, order: desk::Order) -> Result<OrderSnapshot, desk::Error> {
        let rows: &dyn OrderRows = &self.0.database;
        let found = match order {
            desk::Order::Id(id) => rows.by_id(id).await?,
            desk::Order::Number(store, number) => rows.by_number(store, number).await?,
        };
        found.ok_or(desk::Error::NotFound)
    }

    pub fn desk(&self) -> &Desk {
        &self.0.sale.desk
    }

    pub fn status(&self) -> Status {
        Status {
            journal: self.journal().status(),
            skus_awake: self.inventory().awake(),
            carts: self.cart().status(),
            speaks_for_the_cell: self.journal().proof().is_fresh(),
        }
    }

    /// Another server owns the cell; this one takes it when that one is gone.
    pub fn stands_by(&self) -> bool {
        self.journal().stands_by()
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
        self.journal().close();
        if let Some(writer) = tasks.writer
            && let Err(error) = writer.await
        {
            tracing::error!(error = %error, "the journal ended badly");
        }
    }
}

async fn retire_idle(sale: Sale, idle_ticks: u64) {
    let mut tick = tokio::time::interval(TICK);
    loop {
        tick.tick().await;
        sale.retire_idle(idle_ticks).await;
    }
}
