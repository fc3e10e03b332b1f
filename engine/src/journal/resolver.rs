//! Taking the cell again, and what became of the batch in doubt.

use crate::mutant::{Mutant, is_on};

use std::time::{Duration, Instant};

use super::bundle::NotWritten;
use super::outage::Outage;
use super::proof::TAKEOVER_WAIT;
use super::take::{self, Cell, Claim, Held, TakeError};
use super::watch::Overdue;
use super::writer::Writer;

/// What became of a batch in doubt.
pub(super) enum Judgement {
    Durable,
    Void,
    Lost,
    /// The writer ends before it is known.
    Unknown,
}

const PAUSE_FIRST: Duration = Duration::from_millis(20);
const PAUSE_LAST: Duration = Duration::from_millis(200);

impl Writer {
    pub(super) async fn sign_of_life(&mut self) {
        let (sent, at) = (self.runtime.now(), self.clock.now());
        let Self { queue, link, .. } = self;
        match queue.watch(sent, link.ping()).await {
            Ok(Ok(())) => return self.alive(sent, at),
            Ok(Err(error)) => tracing::warn!(error = %error, "the database does not answer"),
            Err(Overdue) => tracing::warn!("the database is silent"),
        }
        self.retake(sent, None).await;
    }

    /// The database answered what was asked at `sent` (by the engine's clock: `at`).
    pub(super) fn alive(&mut self, sent: Instant, at: crate::clock::Timestamp) {
        // Before anybody can see that it is up again: what ran out meanwhile is spared.
        if self.shared.is_down() {
            let outage = Outage { down_since: self.alive_at, up_since: self.clock.now() };
            tracing::info!(down_since = %outage.down_since, "the database answers again");
            self.shared.outages.add(outage);
            self.shared.set_down(false);
        }
        let sent = if is_on(Mutant::HeartbeatFromTheAnswer) { self.runtime.now() } else { sent };
        self.shared.proof.answered(sent);
        self.alive_at = self.alive_at.max(at);
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
        let mut pause = PAUSE_FIRST;
        loop {
            match self.queue.watch(silent_since, take::take(&*self.primary, &self.runtime, &claim)).await {
                Ok(Ok(cell)) => return self.taken(cell, silent_since).await,
                Ok(Err(TakeError::Backwards { seen, acknowledged })) => {
                    tracing::error!(seen, acknowledged, "history went backwards; this server stops writing for good");
                    metrics::counter!("doorbuster_journal_history_backwards_total").increment(1);
                    self.shared.halt();
                    self.consequences.forget_all();
                    self.levels.clear();
                    self.ended = Some(NotWritten::NotOwner);
                    return Judgement::Unknown;
                }
                Ok(Err(TakeError::Owned(owner))) => {
                    tracing::error!(owner, "another server owns the cell");
                    self.shared.proof.set_owner(false);
                }
                Ok(Err(error @ (TakeError::Lingering | TakeError::Unconfirmed | TakeError::Silent))) => {
                    tracing::warn!(error = %error, "the cell could not be taken yet");
                }
                Ok(Err(TakeError::Database(error))) => tracing::warn!(error = %error, "the database is away"),
                Err(Overdue) => tracing::warn!("the database is silent; it is asked over another connection"),
            }
            let paused = self.queue.watch(silent_since, self.runtime.sleep(pause)).await;
            if paused.is_err() || self.shared.is_closing() {
                // It cannot be found out any more by this process; whoever asks the next one is told by the key.
                self.ended = Some(NotWritten::DatabaseDown);
                return Judgement::Unknown;
            }
            pause = (pause * 2).min(PAUSE_LAST);
        }
    }

    async fn taken(&mut self, cell: Cell, silent_since: Instant) -> Judgement {
        if cell.predecessor_may_live
            && self.queue.watch(silent_since, self.runtime.sleep(TAKEOVER_WAIT)).await == Err(Overdue)
        {
            self.ended = Some(NotWritten::DatabaseDown);
            return Judgement::Unknown;
        }
        self.link = cell.link;
        self.epoch = cell.epoch;
        self.last_batch = cell.last_batch;
        if cell.foreign && !is_on(Mutant::MemorySurvivesAnotherOwner) {
            self.levels.clear();
            self.drifts.clear();
            self.consequences.forget_all();
            // Only now: what is read of memory from here on is new.
            self.shared.proof.begin_term();
            cell.outages.into_iter().for_each(|outage| self.shared.outages.add(outage));
            // Until then somebody was there for the buyers.
            self.alive_at = self.alive_at.max(cell.core_time);
        }
        // After the wait, not before it: what counts is when the question was sent.
        let (sent, at) = (self.runtime.now(), self.clock.now());
        let Self { queue, link, .. } = self;
        if let Ok(Ok(())) = queue.watch(silent_since, link.ping()).await {
            self.alive(sent, at);
        }
        self.shared.set_epoch(cell.epoch);
        self.shared.take_office();
        tracing::info!(epoch = cell.epoch, last_batch = cell.last_batch, durable = cell.durable, "took the cell again");
        if cell.durable {
            Judgement::Durable
        } else if cell.foreign {
            Judgement::Lost
        } else {
            Judgement::Void
        }
    }
}
