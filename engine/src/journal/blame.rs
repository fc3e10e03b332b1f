//! Who in a batch is at fault, so that the others go on: the ones done before, the accounts that drifted, the one that is
//! poison.

use crate::inventory::{AccountId, Taken};

use super::batch::{Batch, Levels};
use super::bundle::NotWritten;
use super::queue::{Submitted, refuse, refuse_all};
use super::watch::Overdue;
use super::writer::{Finished, Writer};

/// An account that drifts so often, with nothing written of it in between, is wrong in a way that reading it again does
/// not mend.
const DRIFTS_MAX: u32 = 2;

impl Writer {
    /// Sends the bundles one at a time, in order, so that only the one at fault is refused.
    pub(super) async fn one_by_one(&mut self, submitted: Vec<Submitted>) -> Option<Finished> {
        let mut finished = None;
        for one in submitted {
            if one.bundle.takes.iter().any(Taken::is_withdrawn) {
                // One before it stopped an account of it.
                refuse(one, NotWritten::Withdrawn);
                continue;
            }
            finished = Box::pin(self.write(vec![one], finished)).await;
        }
        finished
    }

    /// Old keys that memory did not know: all of the batch are read at once, and those who have them are told so (each finds
    /// its answer by its key). False if none was found, or they could not be read.
    pub(super) async fn done_before(&mut self, batch: &Batch, submitted: &mut Vec<Submitted>) -> bool {
        let Self { queue, link, runtime, .. } = self;
        let done = match queue.watch(runtime.now(), link.done_before(batch)).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                tracing::warn!(error = %error, "could not look for what was done before");
                return false;
            }
            Err(Overdue) => return false,
        };
        let (mut orders, mut answers) = (0, 0);
        let (old, new): (Vec<_>, Vec<_>) = std::mem::take(submitted).into_iter().partition(|one| {
            let mut is_old = false;
            if one.bundle.writes.order.is_some() {
                is_old |= done.orders.contains(&orders);
                orders += 1;
            }
            if one.bundle.writes.answer.is_some() {
                is_old |= done.answers.contains(&answers);
                answers += 1;
            }
            is_old
        });
        let found = !old.is_empty();
        for one in old {
            refuse(one, NotWritten::DoneBefore);
        }
        *submitted = new;
        found
    }

    /// Memory and database differ somewhere in this batch: stops the accounts that do, and refuses who wants them. Who is
    /// left is to be sent again: one by one if `true`, because the levels agree, and something else about one bundle does
    /// not.
    pub(super) async fn drift(&mut self, batch: &Batch, submitted: &mut Vec<Submitted>) -> bool {
        let Self { queue, link, runtime, .. } = self;
        let durable = match queue.watch(runtime.now(), link.seqs(batch)).await {
            Ok(Ok(durable)) => durable,
            Ok(Err(error)) => {
                // Nothing was written; whoever comes again finds the drift again.
                tracing::error!(error = %error, "could not compare the levels");
                refuse_all(submitted, NotWritten::DatabaseDown);
                return false;
            }
            Err(Overdue) => {
                refuse_all(submitted, NotWritten::DatabaseDown);
                return false;
            }
        };
        let mut touched: Vec<AccountId> = batch.levels.keys().copied().collect();
        touched.sort_unstable();
        let mut drifted: Vec<AccountId> = Vec::new();
        for account in &touched {
            let memory = batch.old_seq(account);
            let truth = durable.get(account).copied().unwrap_or(0);
            if memory != truth {
                tracing::error!(account = ?account, memory, truth, "memory and database differ on a level");
                drifted.push(*account);
            }
        }
        if drifted.is_empty() && submitted.len() > 1 {
            return true;
        }
        if drifted.is_empty() {
            tracing::error!(accounts = ?touched, "a ledger or a check is at odds with memory");
            drifted = touched;
        }
        self.stop_and_refuse(&drifted, submitted);
        false
    }

    /// Stops the accounts, and refuses all who want them: what they were promised rests on a level that is not to be trusted.
    pub(super) fn stop_and_refuse(&mut self, accounts: &[AccountId], submitted: &mut Vec<Submitted>) {
        self.stop(accounts);
        let (bad, good): (Vec<_>, Vec<_>) = std::mem::take(submitted).into_iter().partition(|one| {
            one.bundle.takes.iter().flat_map(Taken::changes).any(|change| accounts.contains(&change.account))
        });
        for one in bad {
            refuse(one, NotWritten::Stopped);
        }
        *submitted = good;
    }

    /// Has the accounts read anew; those that had to be before, to no avail, are stopped until a person has looked.
    fn stop(&mut self, accounts: &[AccountId]) {
        metrics::counter!("doorbuster_journal_stopped_accounts_total").increment(accounts.len() as u64);
        let (mut once, mut again) = (Vec::new(), Vec::new());
        for account in accounts {
            self.levels.remove(account);
            let drifts = self.drifts.entry(*account).or_default();
            *drifts += 1;
            if *drifts < DRIFTS_MAX { once.push(*account) } else { again.push(*account) }
        }
        self.consequences.stop(&once);
        if !again.is_empty() {
            metrics::counter!("doorbuster_journal_accounts_stopped_for_good_total").increment(again.len() as u64);
            tracing::error!(accounts = ?again, "these accounts drift again and again: they are stopped until this server is \
                started anew, and their books must be looked at (`doorbuster verify`)");
            self.consequences.stop_for_good(&again);
        }
    }

    /// What was written has been read aright.
    pub(super) fn acquit(&mut self, written: &Levels) {
        if !self.drifts.is_empty() {
            self.drifts.retain(|account, _| !written.contains_key(account));
        }
    }
}
