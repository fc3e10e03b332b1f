//! Taking the cell again, and what became of the batch in doubt.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clock::Timestamp;
use crate::mutant::{Mutant, is_on};

use super::bundle::NotWritten;
use super::classify::Fault;
use super::link::Primary;
use super::outage::{self, Outage};
use super::proof::TAKEOVER_WAIT;
use super::queue::Queue;
use super::take::{self, Cell, Claim, Held, TakeError};
use super::watch::Overdue;
use super::writer::{Consequences, Writer};

/// What became of a batch in doubt.
pub(super) enum Judgement {
    Durable,
    Void,
    Lost,
    /// The writer ends before it is known.
    Unknown,
}

/// Why the cell is not taken any more.
pub(super) enum GaveUp {
    /// The database is behind what this process acknowledged.
    Backwards,
    /// The program ends.
    Closing,
}

/// Without a question asked for so long, this process was stopped.
const STILL: Duration = Duration::from_secs(5);

const PAUSE_FIRST: Duration = Duration::from_millis(20);
const PAUSE_LAST: Duration = Duration::from_millis(200);

impl Writer {
    pub(super) async fn sign_of_life(&mut self) {
        let (sent, at) = (self.runtime.now(), self.clock.now());
        let Self { queue, link, epoch, .. } = self;
        match queue.watch(sent, link.is_under(*epoch)).await {
            Ok(Ok(true)) => return self.alive(sent, at),
            Ok(Ok(false)) => tracing::error!(epoch, "another has taken the cell, though its lock is this session's"),
            Ok(Err(error)) => tracing::warn!(error = %error, "the database does not answer"),
            Err(Overdue) => tracing::warn!("the database is silent"),
        }
        self.retake(sent, None).await;
    }

    /// The database answered what was asked at `sent` (by the engine's clock: `at`).
    pub(super) fn alive(&mut self, sent: Instant, at: Timestamp) {
        // Before anybody can see that it is up again: what ran out meanwhile is spared.
        // Nor was anybody served while this process stood still.
        let was_still =
            sent.saturating_duration_since(self.heard_at) > STILL && !is_on(Mutant::NoGraceAfterStandingStill);
        if self.shared.is_down() || was_still {
            let outage = Outage { down_since: self.alive_at, up_since: self.clock.now() };
            tracing::info!(down_since = %outage.down_since, "the database answers again");
            self.shared.outages.add(outage);
            self.shared.set_down(false);
        }
        let sent = if is_on(Mutant::HeartbeatFromTheAnswer) { self.runtime.now() } else { sent };
        self.shared.proof.answered(sent);
        self.alive_at = self.alive_at.max(at);
        self.heard_at = sent;
    }

    /// Takes the cell again, however long it takes, and says what became of the batch in doubt. Meanwhile those who come
    /// are told that the database is away: nothing is accepted that cannot be kept.
    ///
    /// An attempt that gets no answer is given up with its connection, and made again on another one. That is safe, whatever
    /// the silent server does with the last thing it was sent, because an attempt sends one statement at a time:
    /// - ending the old backend: names it by pid *and* start, so it ends that one or none;
    /// - the advisory lock: is lost with the connection, and until then keeps the next attempt waiting;
    /// - the row lock, the bump before its commit: undone with the connection;
    /// - the commit of the bump: it holds the advisory lock until its connection has ended, so the next attempt sees the
    ///   epoch it raised, with me as owner, and raises it once more. Nobody ever wrote under the one in between. What is
    ///   judged is a batch of the epoch under which it was *sent*, which does not depend on how often I have taken since.
    pub(super) async fn retake(&mut self, silent_since: Instant, in_doubt: Option<(i64, [u8; 32])>) -> Judgement {
        let claim = Claim {
            owner: self.owner,
            held: Some(Held { epoch: self.epoch, last_batch: self.last_batch }),
            old_backend: Some(self.link.backend()),
            in_doubt,
        };
        let consequences = Arc::clone(&self.consequences);
        match take_in_time(&mut self.queue, &*self.primary, &*consequences, &claim, silent_since).await {
            Ok(cell) => self.taken(cell, silent_since).await,
            Err(GaveUp::Backwards) => {
                self.levels.clear();
                self.ended = Some(NotWritten::NotOwner);
                Judgement::Unknown
            }
            Err(GaveUp::Closing) => {
                // It cannot be found out any more by this process; whoever asks the next one is told by the key.
                self.ended = Some(NotWritten::DatabaseDown);
                Judgement::Unknown
            }
        }
    }

    async fn taken(&mut self, cell: Cell, silent_since: Instant) -> Judgement {
        self.link = cell.link;
        self.epoch = cell.epoch;
        self.last_batch = cell.last_batch;
        // Whoever stood by has closed what only an owner keeps up, also if the other never got as far as taking the cell.
        if (cell.foreign || self.shared.is_standing_by()) && !is_on(Mutant::MemorySurvivesAnotherOwner) {
            self.levels.clear();
            self.drifts.clear();
            self.follow_another(cell.core_time, cell.outages);
        }
        self.begin_office(silent_since).await;
        tracing::info!(epoch = cell.epoch, last_batch = cell.last_batch, durable = cell.durable, "took the cell again");
        if cell.durable {
            Judgement::Durable
        } else if cell.foreign {
            Judgement::Lost
        } else {
            Judgement::Void
        }
    }

    /// Another server wrote until `core_time`. What this one remembers is worth nothing, and what ran out since then ran out
    /// while nobody was there for the buyers.
    pub(super) fn follow_another(&mut self, core_time: Timestamp, outages: Vec<Outage>) {
        self.clock.catch_up(core_time);
        if !is_on(Mutant::StandbyKeepsItsMemory) {
            self.consequences.forget_all();
        }
        // Only now: what is read of memory from here on is new.
        self.shared.proof.begin_term();
        self.alive_at = self.alive_at.max(core_time);
        let last = Outage { down_since: self.alive_at, up_since: self.clock.now() };
        outages.into_iter().chain([last]).for_each(|outage| self.shared.outages.add(outage));
    }

    /// The cell is ours from here on.
    pub(super) async fn begin_office(&mut self, silent_since: Instant) {
        // After the wait, not before it: what counts is when the question was sent.
        let sent = self.runtime.now();
        let Self { queue, link, epoch, .. } = self;
        let asking = async {
            let now = link.time().await?;
            Ok::<_, Fault>(link.is_under(*epoch).await?.then_some(now))
        };
        if let Ok(Ok(Some(now))) = queue.watch(silent_since, asking).await {
            // A machine that slept has a clock that slept with it, and served nobody.
            let before = self.clock.now();
            self.clock.catch_up(now);
            let at = self.clock.now();
            if at.signed_duration_since(before) > outage::LONG {
                self.shared.outages.add(Outage { down_since: self.alive_at, up_since: at });
            }
            self.alive(sent, at);
        }
        self.shared.set_epoch(self.epoch);
        self.shared.take_office();
    }
}

/// Tries to take the cell until it is ours. It is safe to sell when this answers: a former owner who may still be running
/// has noticed by then.
pub(super) async fn take_in_time(
    queue: &mut Queue,
    primary: &dyn Primary,
    consequences: &dyn Consequences,
    claim: &Claim,
    mut silent_since: Instant,
) -> Result<Cell, GaveUp> {
    let runtime = queue.runtime.clone();
    let mut pause = PAUSE_FIRST;
    loop {
        match queue.watch(silent_since, take::take(primary, &runtime, claim)).await {
            Ok(Ok(cell)) if cell.predecessor_may_live => {
                tracing::info!("the server before may still answer from memory; waiting for it to notice");
                // Who stands by turns everybody away already; whoever waits for a former owner must not wait for this too.
                let patience = if queue.shared.is_standing_by() { TAKEOVER_WAIT } else { Duration::ZERO };
                let waiting = take::wait_until_noticed(&runtime, &cell);
                let waited = queue.watch(silent_since + patience, waiting).await;
                return waited.map(|()| cell).map_err(|Overdue| GaveUp::Closing);
            }
            Ok(Ok(cell)) => return Ok(cell),
            Ok(Err(TakeError::Backwards { seen, acknowledged })) => {
                tracing::error!(seen, acknowledged, "history went backwards; this server stops writing for good");
                metrics::counter!("doorbuster_journal_history_backwards_total").increment(1);
                queue.shared.halt();
                consequences.forget_all();
                // Nobody will keep up any more what is read from here on.
                consequences.stand_by();
                return Err(GaveUp::Backwards);
            }
            Ok(Err(TakeError::Owned(owner))) => {
                if queue.shared.stand_by() {
                    tracing::warn!(owner, "another server owns the cell; standing by");
                    consequences.stand_by();
                }
                // That was an answer: the database is there, and those who wait here wait at the wrong server.
                silent_since = runtime.now();
                queue.shared.set_down(false);
                queue.turn_away(NotWritten::NotOwner);
            }
            Ok(Err(error @ (TakeError::Lingering | TakeError::Unconfirmed | TakeError::Silent))) => {
                tracing::warn!(error = %error, "the cell could not be taken yet");
            }
            Ok(Err(TakeError::Database(error))) => tracing::warn!(error = %error, "the database is away"),
            Err(Overdue) => tracing::warn!("the database is silent; it is asked over another connection"),
        }
        let paused = queue.watch(silent_since, runtime.sleep(pause)).await;
        if paused.is_err() || queue.shared.is_closing() {
            return Err(GaveUp::Closing);
        }
        pause = (pause * 2).min(PAUSE_LAST);
    }
}
