//! The writer's task: collects bundles, commits them as a batch, lets the answers go. One batch in flight, the next fills.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::clock::{Clock, Timestamp};
use crate::id::OwnerId;
use crate::inventory::{AccountId, Taken};

use super::batch::{Batch, Levels};
use super::bundle::{Bundle, NotWritten, Receipt};
use super::classify::{Failure, classify};
use super::handle::Shared;
use super::store::Connection;
use super::take::{self, Cell, Claim, Held, TakeError};

/// How much one batch may hold.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    pub bundles_max: usize,
    pub bytes_max: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { bundles_max: 512, bytes_max: 4 << 20 }
    }
}

/// What a commit, or the loss of one, means to the actors.
pub trait Consequences: Send + Sync + 'static {
    /// These are durable. Called before any answer goes out.
    fn publish(&self, epoch: i64, levels: &Levels);
    fn settle(&self, takes: Vec<Taken>);
    /// Memory and database differ on these.
    fn stop(&self, accounts: &[AccountId]);
    /// Another owned the cell meanwhile: all memory is worth nothing.
    fn forget_all(&self);
}

pub(super) struct Submitted {
    pub(super) bundle: Bundle,
    pub(super) reply: oneshot::Sender<Result<Receipt, NotWritten>>,
    pub(super) _seat: OwnedSemaphorePermit,
}

pub(super) struct Writer {
    pub(super) url: String,
    pub(super) owner: OwnerId,
    pub(super) inbox: mpsc::UnboundedReceiver<Submitted>,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) consequences: Arc<dyn Consequences>,
    pub(super) bounds: Bounds,
    pub(super) connection: Connection,
    pub(super) epoch: i64,
    pub(super) last_batch: i64,
    pub(super) levels: Levels,
    /// Taken from the inbox, not yet sent.
    pub(super) backlog: VecDeque<Submitted>,
}

/// A committed batch whose answers have not gone out.
struct Finished {
    levels: Levels,
    submitted: Vec<Submitted>,
    receipts: Vec<Receipt>,
}

/// How long the cell may be out of reach before those who wait for the writer are told so.
const PATIENCE: Duration = Duration::from_secs(2);
const HEARTBEAT: Duration = Duration::from_millis(500);
const RETRIES: u32 = 3;

impl Writer {
    pub(super) async fn run(mut self) {
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut finished: Option<Finished> = None;
        loop {
            self.collect();
            if self.backlog.is_empty() {
                if let Some(done) = finished.take() {
                    self.answer(done);
                    continue;
                }
                tokio::select! {
                    received = self.inbox.recv() => match received {
                        Some(submitted) => self.backlog.push_back(submitted),
                        None => break,
                    },
                    _ = heartbeat.tick() => self.sign_of_life().await,
                    () = self.shared.closing.notified() => self.inbox.close(),
                }
                continue;
            }
            let batch = self.next_batch();
            if batch.is_empty() {
                continue;
            }
            finished = self.write(batch, finished.take()).await;
        }
        if let Some(done) = finished.take() {
            self.answer(done);
        }
        self.shared.proof.set_owner(false);
        if let Err(error) = take::release(&self.connection, self.owner).await {
            tracing::warn!(error = %error, "the cell could not be given up in order");
        }
    }

    fn collect(&mut self) {
        while self.backlog.len() < self.bounds.bundles_max {
            match self.inbox.try_recv() {
                Ok(submitted) => self.backlog.push_back(submitted),
                Err(_) => break,
            }
        }
    }

    /// As many as the bounds allow, first come first written.
    fn next_batch(&mut self) -> Vec<Submitted> {
        let mut bytes = 0;
        let mut batch = Vec::with_capacity(self.backlog.len().min(self.bounds.bundles_max));
        while let Some(submitted) = self.backlog.pop_front() {
            if submitted.bundle.takes.iter().any(Taken::is_withdrawn) {
                // Its actor was rebuilt since: what it promised is no longer kept for this bundle.
                refuse(submitted, NotWritten::Withdrawn);
                continue;
            }
            bytes += submitted.bundle.approximate_bytes();
            batch.push(submitted);
            if batch.len() >= self.bounds.bundles_max || bytes >= self.bounds.bytes_max {
                break;
            }
        }
        batch
    }

    /// Commits one batch, whatever it takes. The answers of the one before go out while this one is on its way.
    async fn write(&mut self, mut submitted: Vec<Submitted>, mut before: Option<Finished>) -> Option<Finished> {
        let mut retries = 0;
        let mut voids = 0;
        while !submitted.is_empty() {
            let at = self.clock.now();
            let sealed = Batch::seal(
                submitted
                    .iter()
                    .map(|one| (one.bundle.takes.iter().flat_map(|taken| taken.changes()), &one.bundle.writes)),
                &self.levels,
                self.last_batch + 1,
                self.epoch,
                at,
            );
            let batch = match sealed {
                Ok(batch) => batch,
                Err(broken) => {
                    tracing::error!(error = %broken, "a promise does not fit its account: the account is stopped");
                    self.stop(&[broken.account]);
                    refuse(submitted.remove(broken.bundle), NotWritten::Stopped);
                    continue;
                }
            };
            let sent = Instant::now();
            let outcome = {
                let answers = async {
                    if let Some(done) = before.take() {
                        answer(&*self.consequences, self.epoch, done);
                    }
                };
                join(self.connection.commit(&batch), answers).await.0
            };
            let fault = match outcome {
                Ok(()) => {
                    self.shared.proof.answered(sent);
                    self.shared.batch_committed(batch.bundles, sent.elapsed());
                    return Some(self.committed(batch, submitted));
                }
                Err(fault) => fault,
            };
            let failure = classify(&fault);
            tracing::warn!(sqlstate = fault.sqlstate, message = fault.message, failure = ?failure, batch = batch.number,
                "a batch was not committed");
            metrics::counter!("journal_failures_total", "class" => class_of(failure)).increment(1);
            match failure {
                Failure::Transient if retries < RETRIES => {
                    retries += 1;
                    tokio::time::sleep(Duration::from_millis(u64::from(5 * retries))).await;
                }
                Failure::DoneBefore | Failure::Poison if submitted.len() > 1 => {
                    return self.one_by_one(submitted).await;
                }
                Failure::DoneBefore => refuse_all(&mut submitted, NotWritten::DoneBefore),
                Failure::Poison if fault.sqlstate.as_deref() == Some("DB003") => {
                    refuse_all(&mut submitted, NotWritten::Stale);
                }
                Failure::Poison => refuse_all(&mut submitted, NotWritten::Poison),
                Failure::Drift => self.drift(&batch, &mut submitted).await,
                Failure::DatabaseDown => {
                    refuse_all(&mut submitted, NotWritten::DatabaseDown);
                    self.retake(None).await;
                }
                // Not applied, and it does not get through: those who wait are told so, instead of everybody for ever.
                Failure::Transient => refuse_all(&mut submitted, NotWritten::DatabaseDown),
                Failure::Fenced | Failure::Unknown => {
                    let in_doubt = (batch.number, batch.digest);
                    match self.retake(Some(in_doubt)).await {
                        Judgement::Durable => return Some(self.committed(batch, submitted)),
                        // It never will be durable, and what it promised is still kept: send it again. What ends so
                        // again and again is at fault itself.
                        Judgement::Void if voids < RETRIES => voids += 1,
                        Judgement::Void if submitted.len() > 1 => return self.one_by_one(submitted).await,
                        Judgement::Void => refuse_all(&mut submitted, NotWritten::Poison),
                        Judgement::Unknown => refuse_all(&mut submitted, NotWritten::Unknown),
                        Judgement::Lost => refuse_all(&mut submitted, NotWritten::NotOwner),
                    }
                }
            }
        }
        before
    }

    /// Sends the bundles one at a time, in order, so that only the one at fault is refused.
    async fn one_by_one(&mut self, submitted: Vec<Submitted>) -> Option<Finished> {
        let mut finished = None;
        for one in submitted {
            finished = Box::pin(self.write(vec![one], finished)).await;
        }
        finished
    }

    fn committed(&mut self, batch: Batch, submitted: Vec<Submitted>) -> Finished {
        // Another may have owned the cell since this one was sent: then its levels are history already.
        let newest = batch.number >= self.last_batch;
        let levels = if newest { batch.levels } else { Levels::new() };
        if newest {
            self.last_batch = batch.number;
            self.levels.extend(levels.iter().map(|(account, level)| (*account, *level)));
        }
        let receipts = batch.seqs.into_iter().map(|seqs| Receipt { batch: batch.number, at: batch.at, seqs }).collect();
        Finished { levels, submitted, receipts }
    }

    fn answer(&self, finished: Finished) {
        answer(&*self.consequences, self.epoch, finished);
    }

    /// Memory and database differ somewhere in this batch: find where, stop those accounts, let the others go on.
    async fn drift(&mut self, batch: &Batch, submitted: &mut Vec<Submitted>) {
        let columns = &batch.rows.levels;
        let rows = self
            .connection
            .client
            .query(
                "select variant_id, location_id, seq from stock_levels
                 where (variant_id, location_id) in (select * from unnest($1::uuid[], $2::uuid[]))",
                &[&columns.variants, &columns.locations],
            )
            .await;
        let durable: std::collections::HashMap<(uuid::Uuid, uuid::Uuid), i64> = match rows {
            Ok(rows) => rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect(),
            Err(error) => {
                tracing::error!(error = %error, "could not compare the levels; all accounts of the batch are stopped");
                std::collections::HashMap::new()
            }
        };
        let mut drifted: Vec<AccountId> = Vec::new();
        for account in batch.levels.keys() {
            let memory = batch.old_seq(account);
            let truth = durable.get(&(account.variant.uuid(), account.location.uuid())).copied().unwrap_or(0);
            if memory != truth {
                tracing::error!(account = ?account, memory, truth, "memory and database differ on a level");
                drifted.push(*account);
            }
        }
        if drifted.is_empty() {
            // The levels agree, so a ledger row or a check is at odds: nothing in this batch can be trusted.
            drifted.extend(batch.levels.keys());
        }
        self.stop(&drifted);
        let (bad, good): (Vec<_>, Vec<_>) = std::mem::take(submitted).into_iter().partition(|one| {
            one.bundle.takes.iter().flat_map(Taken::changes).any(|change| drifted.contains(&change.account))
        });
        for one in bad {
            refuse(one, NotWritten::Stopped);
        }
        *submitted = good;
    }

    fn stop(&mut self, accounts: &[AccountId]) {
        metrics::counter!("journal_stopped_accounts_total").increment(accounts.len() as u64);
        for account in accounts {
            self.levels.remove(account);
        }
        self.consequences.stop(accounts);
    }

    async fn sign_of_life(&mut self) {
        let sent = Instant::now();
        match self.connection.ping().await {
            Ok(()) => self.shared.proof.answered(sent),
            Err(error) => {
                tracing::warn!(error = %error, "the database does not answer");
                self.retake(None).await;
            }
        }
    }

    /// Takes the cell again, however long it takes, and says what became of the batch in doubt. Meanwhile those who come
    /// are told that the database is away: nothing is accepted that cannot be kept.
    async fn retake(&mut self, in_doubt: Option<(i64, [u8; 32])>) -> Judgement {
        let claim = Claim {
            owner: self.owner,
            owner_name: take::own_name(),
            held: Some(Held { epoch: self.epoch, last_batch: self.last_batch }),
            old_backend: Some(self.connection.backend_pid),
            in_doubt,
        };
        let began = Instant::now();
        let mut pause = Duration::from_millis(20);
        loop {
            match take::take(&self.url, &claim).await {
                Ok(cell) => return self.taken(cell).await,
                Err(TakeError::Backwards { seen, acknowledged }) => {
                    tracing::error!(seen, acknowledged, "history went backwards; this server stops writing");
                    self.shared.halt();
                    self.consequences.forget_all();
                    self.levels.clear();
                }
                Err(TakeError::Owned(owner)) => {
                    tracing::error!(owner, "another server owns the cell");
                    self.shared.proof.set_owner(false);
                }
                Err(TakeError::Database(error)) => {
                    tracing::warn!(error = %error, "the database is away");
                }
            }
            if self.shared.is_closing() {
                // It cannot be found out any more by this process; whoever asks the next one is told by the key.
                self.turn_away();
                return Judgement::Unknown;
            }
            if began.elapsed() > PATIENCE {
                self.shared.set_down(true);
                self.turn_away();
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    async fn taken(&mut self, cell: Cell) -> Judgement {
        if cell.predecessor_may_live {
            tokio::time::sleep(super::proof::TAKEOVER_WAIT).await;
        }
        self.connection = cell.connection;
        self.epoch = cell.epoch;
        self.last_batch = cell.last_batch;
        if cell.foreign {
            self.levels.clear();
            self.consequences.forget_all();
        }
        // After the wait, not before it: what counts is when the question was sent.
        let sent = Instant::now();
        if self.connection.ping().await.is_ok() {
            self.shared.proof.answered(sent);
        }
        self.shared.proof.set_owner(true);
        self.shared.set_down(false);
        self.shared.set_epoch(cell.epoch);
        tracing::info!(epoch = cell.epoch, last_batch = cell.last_batch, durable = cell.durable, "took the cell again");
        if cell.durable {
            Judgement::Durable
        } else if cell.foreign {
            Judgement::Lost
        } else {
            Judgement::Void
        }
    }

    /// Those who came while the database was away. What is in doubt is not among them.
    fn turn_away(&mut self) {
        for submitted in self.backlog.drain(..) {
            refuse(submitted, NotWritten::DatabaseDown);
        }
        while let Ok(submitted) = self.inbox.try_recv() {
            refuse(submitted, NotWritten::DatabaseDown);
        }
    }
}

/// What became of a batch in doubt.
enum Judgement {
    Durable,
    Void,
    Lost,
    /// The program ends before it is known.
    Unknown,
}

/// Published, then settled, then answered: a buyer who cancels at once must find the hold.
fn answer(consequences: &dyn Consequences, epoch: i64, finished: Finished) {
    let Finished { levels, submitted, receipts } = finished;
    consequences.publish(epoch, &levels);
    let mut takes = Vec::with_capacity(submitted.len());
    let mut answers = Vec::with_capacity(submitted.len());
    for mut one in submitted {
        takes.append(&mut one.bundle.takes);
        answers.push(one.reply);
    }
    consequences.settle(takes);
    for (reply, receipt) in answers.into_iter().zip(receipts) {
        // A caller that went away finds the outcome by its key.
        let _ = reply.send(Ok(receipt));
    }
}

/// The takes are dropped with the bundle, before the answer: whoever is told "again" finds room.
fn refuse(submitted: Submitted, why: NotWritten) {
    let Submitted { bundle, reply, .. } = submitted;
    drop(bundle);
    // A caller that went away does not care.
    let _ = reply.send(Err(why));
}

fn refuse_all(submitted: &mut Vec<Submitted>, why: NotWritten) {
    for one in submitted.drain(..) {
        refuse(one, why);
    }
}

fn class_of(failure: Failure) -> &'static str {
    match failure {
        Failure::Fenced => "fenced",
        Failure::DoneBefore => "done_before",
        Failure::Poison => "poison",
        Failure::Drift => "drift",
        Failure::Transient => "transient",
        Failure::DatabaseDown => "database_down",
        Failure::Unknown => "unknown",
    }
}

/// The first taking, at start.
pub(super) async fn first_take(url: &str, owner: OwnerId) -> Result<(Cell, Timestamp), TakeError> {
    let claim = Claim { owner, owner_name: take::own_name(), held: None, old_backend: None, in_doubt: None };
    let cell = take::take(url, &claim).await?;
    if cell.predecessor_may_live {
        tracing::info!("the server before may still answer from memory; waiting for it to notice");
        tokio::time::sleep(super::proof::TAKEOVER_WAIT).await;
    }
    let now: Timestamp = cell.connection.client.query_one("select clock_timestamp()", &[]).await?.get(0);
    let anchor = now.max(cell.core_time);
    Ok((cell, anchor))
}
