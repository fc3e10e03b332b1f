//! The writer's task: collects bundles, commits them as a batch, lets the answers go. One batch in flight, the next fills.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join;

use crate::clock::{Clock, Timestamp};
use crate::fail_point::{Point, reach};
use crate::id::OwnerId;
use crate::inventory::{AccountId, Taken};
use crate::mutant::{Mutant, is_on};
use crate::runtime::Runtime;

use super::batch::{Batch, Levels};
use super::bundle::{NotWritten, Receipt};
use super::classify::{Failure, Fault, classify};
use super::handle::Shared;
use super::link::{Link, Primary};
use super::queue::{Queue, Submitted, refuse_all};
use super::resolver::{GaveUp, Judgement, take_in_time};
use super::take::{Cell, Claim};
use super::watch::Overdue;

/// What a commit, or the loss of one, means to the actors.
pub trait Consequences: Send + Sync + 'static {
    /// These are durable. Called before any answer goes out.
    fn publish(&self, epoch: i64, levels: &Levels);
    fn settle(&self, takes: Vec<Taken>);
    /// Memory and database differ on these: they are read anew.
    fn stop(&self, accounts: &[AccountId]);
    /// These differ again and again: nothing more is promised of them by this process.
    fn stop_for_good(&self, accounts: &[AccountId]);
    /// Another owned the cell meanwhile: all memory is worth nothing.
    fn forget_all(&self);
    /// Another owns the cell now: until `forget_all`, nothing may rest on memory that only an owner keeps up.
    fn stand_by(&self) {}
}

pub(super) struct Writer {
    pub(super) primary: Arc<dyn Primary>,
    pub(super) runtime: Runtime,
    pub(super) owner: OwnerId,
    pub(super) queue: Queue,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) consequences: Arc<dyn Consequences>,
    pub(super) link: Box<dyn Link>,
    pub(super) epoch: i64,
    pub(super) last_batch: i64,
    pub(super) levels: Levels,
    /// How often accounts drifted since they were last written.
    pub(super) drifts: HashMap<AccountId, u32>,
    /// The engine's clock at the last acknowledged sign of life.
    pub(super) alive_at: Timestamp,
    /// When the last question that was answered was asked.
    pub(super) heard_at: Instant,
    /// Nothing more will be written, and what whoever waits is told.
    pub(super) ended: Option<NotWritten>,
}

/// What a writer is made of, beside the cell.
pub(super) struct Parts {
    pub(super) primary: Arc<dyn Primary>,
    pub(super) runtime: Runtime,
    pub(super) owner: OwnerId,
    pub(super) queue: Queue,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) consequences: Arc<dyn Consequences>,
}

/// A committed batch whose answers have not gone out.
pub(super) struct Finished {
    levels: Levels,
    submitted: Vec<Submitted>,
    receipts: Vec<Receipt>,
}

const HEARTBEAT: Duration = Duration::from_millis(500);
const RETRIES: u32 = 3;

impl Parts {
    /// Waits until whoever owns the cell is gone, and writes from then on.
    pub(super) async fn stand_by(mut self) {
        let claim = Claim { owner: self.owner, held: None, old_backend: None, in_doubt: None };
        let since = self.runtime.now();
        match take_in_time(&mut self.queue, &*self.primary, &*self.consequences, &claim, since).await {
            Ok(mut cell) => {
                let (core_time, epoch) = (cell.core_time, cell.epoch);
                let outages = std::mem::take(&mut cell.outages);
                let mut writer = Writer::new(self, cell);
                // What this process was there for until now does not count: it sold nothing.
                writer.alive_at = core_time;
                writer.follow_another(core_time, outages);
                writer.begin_office(writer.runtime.now()).await;
                tracing::info!(epoch, "took the cell over");
                writer.run().await;
            }
            Err(GaveUp::Closing | GaveUp::Backwards) => {
                self.queue.inbox.close();
                self.queue.turn_away(NotWritten::NotOwner);
            }
        }
    }
}

impl Writer {
    pub(super) fn new(parts: Parts, cell: Cell) -> Self {
        let Parts { primary, runtime, owner, queue, clock, consequences } = parts;
        Self {
            primary,
            heard_at: runtime.now(),
            runtime,
            owner,
            shared: Arc::clone(&queue.shared),
            queue,
            alive_at: clock.now(),
            clock,
            consequences,
            epoch: cell.epoch,
            last_batch: cell.last_batch,
            link: cell.link,
            levels: Levels::new(),
            drifts: HashMap::new(),
            ended: None,
        }
    }

    pub(super) async fn run(mut self) {
        let mut heartbeat = self.runtime.sleep(Duration::ZERO);
        let mut finished: Option<Finished> = None;
        while self.ended.is_none() {
            self.queue.collect();
            if self.queue.is_empty() {
                if let Some(done) = finished.take() {
                    self.answer(done);
                    continue;
                }
                tokio::select! {
                    biased;
                    received = self.queue.inbox.recv() => match received {
                        Some(submitted) => self.queue.push(submitted),
                        None => break,
                    },
                    () = &mut heartbeat => {
                        self.sign_of_life().await;
                        heartbeat = self.runtime.sleep(HEARTBEAT);
                    }
                    () = self.shared.closing.notified() => self.queue.inbox.close(),
                }
                continue;
            }
            let batch = self.queue.next_batch();
            if batch.is_empty() {
                continue;
            }
            finished = self.write(batch, finished.take()).await;
        }
        if let Some(done) = finished.take() {
            self.answer(done);
        }
        self.shared.proof.set_owner(false);
        if let Some(why) = self.ended {
            self.queue.inbox.close();
            self.queue.turn_away(why);
            return;
        }
        // From here on another may sell: what only an owner keeps up is shown no more.
        self.shared.stand_by();
        self.consequences.stand_by();
        let Self { queue, link, owner, .. } = &mut self;
        let asked = queue.runtime.now();
        match queue.watch(asked, link.release(*owner)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = %error, "the cell could not be given up in order"),
            Err(Overdue) => tracing::warn!("the cell could not be given up in order: the database is silent"),
        }
    }

    /// Commits one batch, whatever it takes. The answers of the one before go out while this one is on its way.
    pub(super) async fn write(
        &mut self,
        mut submitted: Vec<Submitted>,
        mut before: Option<Finished>,
    ) -> Option<Finished> {
        let mut retries = 0;
        let mut voids = 0;
        while !submitted.is_empty() {
            if let Some(why) = self.ended {
                refuse_all(&mut submitted, why);
                break;
            }
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
                    self.stop_and_refuse(&[broken.account], &mut submitted);
                    continue;
                }
            };
            if is_on(Mutant::AnswerBeforeCommit) {
                for (one, seqs) in submitted.iter_mut().zip(&batch.seqs) {
                    let reply = std::mem::replace(&mut one.reply, tokio::sync::oneshot::channel().0);
                    let _ = reply.send(Ok(Receipt { batch: batch.number, at: batch.at, seqs: seqs.clone() }));
                }
            }
            reach(Point::BeforeSend);
            let sent = self.runtime.now();
            let outcome = {
                let Self { queue, link, consequences, epoch, .. } = self;
                let answers = async {
                    // First let the connection's task send the batch: it waits its turn on this very thread, and the
                    // database would stand idle for as long as the answers take.
                    tokio::task::yield_now().await;
                    reach(Point::AfterSend);
                    if let Some(done) = before.take() {
                        answer(&**consequences, *epoch, done);
                    }
                };
                let committing = async { join(link.commit(&batch), answers).await.0 };
                queue.watch(sent, committing).await.unwrap_or_else(|Overdue| Err(Fault::silence()))
            };
            let fault = match outcome {
                Ok(()) => {
                    reach(Point::AfterCommit);
                    self.alive(sent, at);
                    self.shared.batch_committed(batch.bundles, self.runtime.now() - sent);
                    return Some(self.committed(batch, submitted));
                }
                Err(fault) => fault,
            };
            let failure = classify(&fault);
            tracing::warn!(sqlstate = fault.sqlstate, message = fault.message, failure = ?failure, batch = batch.number,
                "a batch was not committed");
            metrics::counter!("doorbuster_journal_failures_total", "class" => class_of(failure)).increment(1);
            match failure {
                // Not that the database is able to write, nor that the cell is ours.
                Failure::Unknown | Failure::Fenced | Failure::DatabaseDown => {}
                Failure::Transient | Failure::DoneBefore | Failure::Poison | Failure::Drift => self.alive(sent, at),
            }
            match failure {
                Failure::Transient if retries < RETRIES => {
                    retries += 1;
                    self.runtime.sleep(Duration::from_millis(u64::from(5 * retries))).await;
                }
                Failure::DoneBefore if is_on(Mutant::DoneBeforeIsPoison) => {
                    refuse_all(&mut submitted, NotWritten::Poison);
                }
                Failure::Poison if is_on(Mutant::PoisonSpoilsTheBatch) => {
                    refuse_all(&mut submitted, NotWritten::Poison);
                }
                Failure::DoneBefore if submitted.len() > 1 => {
                    if !self.done_before(&batch, &mut submitted).await {
                        return self.one_by_one(submitted).await;
                    }
                }
                Failure::Poison if submitted.len() > 1 => return self.one_by_one(submitted).await,
                Failure::DoneBefore => refuse_all(&mut submitted, NotWritten::DoneBefore),
                Failure::Poison if fault.is_stale() => refuse_all(&mut submitted, NotWritten::Stale),
                Failure::Poison => refuse_all(&mut submitted, NotWritten::Poison),
                Failure::Drift => {
                    if self.drift(&batch, &mut submitted).await {
                        return self.one_by_one(submitted).await;
                    }
                }
                Failure::DatabaseDown => {
                    refuse_all(&mut submitted, NotWritten::DatabaseDown);
                    self.retake(sent, None).await;
                }
                // Not applied, and it does not get through: those who wait are told so, instead of everybody for ever.
                Failure::Transient => refuse_all(&mut submitted, NotWritten::DatabaseDown),
                Failure::Unknown if is_on(Mutant::UnknownMeansYes) => {
                    self.retake(sent, None).await;
                    return Some(self.committed(batch, submitted));
                }
                Failure::Fenced | Failure::Unknown => {
                    let in_doubt = (batch.number, batch.digest);
                    match self.retake(sent, Some(in_doubt)).await {
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

    fn committed(&mut self, batch: Batch, submitted: Vec<Submitted>) -> Finished {
        // Another may have owned the cell since this one was sent: then its levels are history already.
        let newest = batch.number >= self.last_batch;
        self.acquit(&batch.levels);
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
