//! When a batch did not simply commit: finding out what became of it, who is at fault, and taking the cell again.

use std::time::{Duration, Instant};

use crate::inventory::{AccountId, Taken};

use super::batch::Batch;
use super::bundle::NotWritten;
use super::queue::{Submitted, refuse};
use super::take::{self, Cell, Claim, Held, TakeError};
use super::writer::{Finished, Writer};

/// How long the cell may be out of reach before those who wait for the writer are told so.
const PATIENCE: Duration = Duration::from_secs(2);

/// What became of a batch in doubt.
pub(super) enum Judgement {
    Durable,
    Void,
    Lost,
    /// The program ends before it is known.
    Unknown,
}

impl Writer {
    /// Sends the bundles one at a time, in order, so that only the one at fault is refused.
    pub(super) async fn one_by_one(&mut self, submitted: Vec<Submitted>) -> Option<Finished> {
        let mut finished = None;
        for one in submitted {
            finished = Box::pin(self.write(vec![one], finished)).await;
        }
        finished
    }

    /// Memory and database differ somewhere in this batch: find where, stop those accounts, let the others go on.
    pub(super) async fn drift(&mut self, batch: &Batch, submitted: &mut Vec<Submitted>) {
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

    pub(super) fn stop(&mut self, accounts: &[AccountId]) {
        metrics::counter!("journal_stopped_accounts_total").increment(accounts.len() as u64);
        for account in accounts {
            self.levels.remove(account);
        }
        self.consequences.stop(accounts);
    }

    pub(super) async fn sign_of_life(&mut self) {
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
    pub(super) async fn retake(&mut self, in_doubt: Option<(i64, [u8; 32])>) -> Judgement {
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
                self.queue.turn_away();
                return Judgement::Unknown;
            }
            if began.elapsed() > PATIENCE {
                self.shared.set_down(true);
                self.queue.turn_away();
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
}
