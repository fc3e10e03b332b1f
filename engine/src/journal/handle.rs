//! The way to the journal: submit a bundle, wait until it is durable or known not to be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use crate::clock::Clock;
use crate::id::OwnerId;
use crate::inventory::Taken;
use crate::runtime::{Running, Runtime, TooLong};

use super::bundle::{Bundle, NotWritten, Receipt};
use super::link::Primary;
use super::outage::{Outage, Outages};
use super::proof::Proof;
use super::queue::{Bounds, Queue, Submitted};
use super::take::{Anchor, Cell, TakeError, first_take};
use super::watch::OVERDUE;
use super::writer::{Consequences, Parts, Writer};

/// Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    inbox: mpsc::UnboundedSender<Submitted>,
    seats: Arc<Semaphore>,
    shared: Arc<Shared>,
}

/// What the writer lets others see.
pub(super) struct Shared {
    pub(super) proof: Arc<Proof>,
    down: AtomicBool,
    halted: AtomicBool,
    standing_by: AtomicBool,
    epoch: AtomicI64,
    batches: AtomicU64,
    bundles: AtomicU64,
    pub(super) outages: Outages,
    pub(super) closing: Notify,
    is_closing: AtomicBool,
}

/// For people and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// 0: this process never owned the cell.
    pub epoch: i64,
    pub owner: bool,
    /// Another server owns the cell; this one takes it when that one is gone.
    pub standing_by: bool,
    /// It will not write again: history went backwards. Only a person can say what is true now.
    pub halted: bool,
    pub database_up: bool,
    pub batches: u64,
    pub bundles: u64,
    pub free_seats: usize,
}

/// A cell that was taken, whose writer has not begun; or one that is another's, for which it will stand by.
pub(crate) struct Journal {
    cell: Option<Cell>,
    primary: Arc<dyn Primary>,
    runtime: Runtime,
    owner: OwnerId,
    /// While the cell is another's: what time it is there.
    pub(crate) anchor: Anchor,
}

impl Journal {
    /// Takes the cell. Nothing may be decided before it.
    pub(crate) async fn take(primary: Arc<dyn Primary>, runtime: Runtime, owner: OwnerId) -> Result<Self, TakeError> {
        let (cell, anchor) = first_take(&*primary, &runtime, owner).await?;
        Ok(Self { cell: Some(cell), primary, runtime, owner, anchor })
    }

    /// Leaves the cell to whoever owns it, for as long as they do.
    pub(crate) async fn stand_by(
        primary: Arc<dyn Primary>,
        runtime: Runtime,
        owner: OwnerId,
    ) -> Result<Self, TakeError> {
        let asked = runtime.now();
        let asking = async { primary.connect().await?.time().await };
        let time = runtime.timeout(OVERDUE, asking).await.map_err(|TooLong| TakeError::Silent)??;
        let anchor = Anchor { time, asked };
        Ok(Self { cell: None, primary, runtime, owner, anchor })
    }

    /// 0: not taken.
    pub(crate) fn epoch(&self) -> i64 {
        self.cell.as_ref().map_or(0, |cell| cell.epoch)
    }

    /// Different for each process that may ever write, and each time it takes the cell.
    pub(crate) fn luck(&self) -> u64 {
        match &self.cell {
            Some(cell) => cell.epoch.cast_unsigned(),
            // Which epoch it will be is not known, and several may stand by.
            None => {
                let (high, low) = self.owner.uuid().as_u64_pair();
                high ^ low
            }
        }
    }

    /// Begins to write. At most `seats` bundles may be on their way.
    pub(crate) fn start(
        self,
        clock: Arc<dyn Clock>,
        consequences: Arc<dyn Consequences>,
        bounds: Bounds,
        seats: usize,
    ) -> (Handle, Running<()>) {
        let Self { cell, primary, runtime, owner, anchor } = self;
        let shared = Arc::new(Shared::new(Arc::new(Proof::new(runtime.clone(), anchor.asked)), 0));
        let (sender, inbox) = mpsc::unbounded_channel();
        let queue = Queue::new(inbox, bounds, Arc::clone(&shared), runtime.clone());
        let parts = Parts { primary, runtime: runtime.clone(), owner, queue, clock, consequences };
        let task = match cell {
            Some(mut cell) => {
                shared.proof.answered(anchor.asked);
                shared.set_epoch(cell.epoch);
                shared.take_office();
                std::mem::take(&mut cell.outages).into_iter().for_each(|outage| shared.outages.add(outage));
                shared.outages.add(Outage { down_since: cell.core_time, up_since: parts.clock.now() });
                runtime.run(Writer::new(parts, cell).run())
            }
            None => {
                shared.stand_by();
                parts.consequences.stand_by();
                runtime.run(parts.stand_by())
            }
        };
        (Handle { inbox: sender, seats: Arc::new(Semaphore::new(seats)), shared }, task)
    }
}

impl Handle {
    /// Writes `bundle`, whole or not at all. `Ok`: durable. `Err`: not, and never will be. No answer (the caller gave up):
    /// unknown, to be found by its key.
    pub async fn write(&self, bundle: Bundle) -> Result<Receipt, NotWritten> {
        if self.shared.halted.load(Ordering::Acquire) || !self.shared.proof.is_owner() {
            return Err(NotWritten::NotOwner);
        }
        if self.shared.is_down() {
            return Err(NotWritten::DatabaseDown);
        }
        let seat = match &bundle.writes.moved {
            None => Some(Arc::clone(&self.seats).try_acquire_owned().map_err(|_| NotWritten::Full)?),
            // What moves an order along ends what others may be waiting for. There are no more of these than orders that
            // hold something, and they must not be refused for want of a seat.
            Some(_) if self.seats.is_closed() => return Err(NotWritten::Full),
            Some(_) => None,
        };
        let mut bundle = bundle;
        if !bundle.takes.iter_mut().all(Taken::append) {
            return Err(NotWritten::Withdrawn);
        }
        let (reply, answer) = oneshot::channel();
        self.inbox.send(Submitted { bundle, reply, _seat: seat }).map_err(|_| NotWritten::NotOwner)?;
        answer.await.unwrap_or(Err(NotWritten::Unknown))
    }

    /// Takes nothing more, writes what was taken, and gives the cell up.
    pub fn close(&self) {
        self.seats.close();
        self.shared.close();
    }

    pub fn proof(&self) -> &Arc<Proof> {
        &self.shared.proof
    }

    /// Whether the database answered when it was last asked.
    pub fn is_up(&self) -> bool {
        !self.shared.is_down()
    }

    /// Another server owns the cell.
    pub fn stands_by(&self) -> bool {
        self.shared.is_standing_by()
    }

    /// When the cell could not be reached, lately. One that `is_up` has ended is among them.
    pub fn outages(&self) -> Vec<Outage> {
        self.shared.outages.all()
    }

    pub fn status(&self) -> Status {
        Status {
            epoch: self.shared.epoch.load(Ordering::Relaxed),
            owner: self.shared.proof.is_owner(),
            standing_by: self.stands_by(),
            halted: self.shared.halted.load(Ordering::Relaxed),
            database_up: self.is_up(),
            batches: self.shared.batches.load(Ordering::Relaxed),
            bundles: self.shared.bundles.load(Ordering::Relaxed),
            free_seats: self.seats.available_permits(),
        }
    }
}

impl Shared {
    pub(super) fn new(proof: Arc<Proof>, epoch: i64) -> Self {
        Self {
            proof,
            down: AtomicBool::new(false),
            halted: AtomicBool::new(false),
            standing_by: AtomicBool::new(false),
            epoch: AtomicI64::new(epoch),
            batches: AtomicU64::new(0),
            bundles: AtomicU64::new(0),
            outages: Outages::default(),
            closing: Notify::new(),
            is_closing: AtomicBool::new(false),
        }
    }

    pub(super) fn close(&self) {
        self.is_closing.store(true, Ordering::Release);
        self.closing.notify_one();
    }

    pub(super) fn batch_committed(&self, bundles: usize, took: Duration) {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.bundles.fetch_add(bundles as u64, Ordering::Relaxed);
        metrics::counter!("doorbuster_journal_batches_total").increment(1);
        metrics::counter!("doorbuster_journal_bundles_total").increment(bundles as u64);
        metrics::histogram!("doorbuster_journal_batch_bundles")
            .record(f64::from(u32::try_from(bundles).unwrap_or(u32::MAX)));
        metrics::histogram!("doorbuster_journal_commit_duration_seconds").record(took);
    }

    pub(super) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }

    pub(super) fn is_down(&self) -> bool {
        self.down.load(Ordering::Acquire)
    }

    /// True if it was otherwise before.
    pub(super) fn set_down(&self, down: bool) -> bool {
        self.down.swap(down, Ordering::AcqRel) != down
    }

    pub(super) fn set_epoch(&self, epoch: i64) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }

    /// The cell is ours, unless this process has stopped for good.
    pub(super) fn take_office(&self) {
        self.standing_by.store(false, Ordering::Relaxed);
        self.proof.set_owner(!self.halted.load(Ordering::Acquire));
    }

    pub(super) fn is_standing_by(&self) -> bool {
        self.standing_by.load(Ordering::Relaxed)
    }

    /// The cell is another's. True if that is news.
    pub(super) fn stand_by(&self) -> bool {
        self.proof.set_owner(false);
        !self.standing_by.swap(true, Ordering::Relaxed)
    }

    /// For good: only a person can say what is true now.
    pub(super) fn halt(&self) {
        self.halted.store(true, Ordering::Release);
        self.proof.set_owner(false);
    }
}
