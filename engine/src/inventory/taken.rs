//! A promise in hand: what an actor keeps for one unfinished command. Ends once: settled by the journal, or dropped.

use std::sync::Arc;

use crate::actor::{Address, Gate, Pass};
use crate::mutant::{Mutant, is_on};

use super::actor::{Drop as DropTake, Settle, SkuActor};
use super::change::Change;
use super::ledger::TakeId;

pub struct Taken {
    address: Address<SkuActor>,
    gate: Arc<Gate>,
    pass: Option<Pass>,
    take: TakeId,
    changes: Vec<Change>,
    settled: bool,
}

impl Taken {
    pub(super) fn new(address: Address<SkuActor>, gate: Arc<Gate>, take: TakeId, changes: Vec<Change>) -> Self {
        Self { address, gate, pass: None, take, changes, settled: false }
    }

    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Ties it to the journal. False if its actor was rebuilt meanwhile: then it promises nothing any more.
    pub fn append(&mut self) -> bool {
        self.pass = self.gate.pass();
        self.pass.is_some() || is_on(Mutant::WithdrawnIsWritten)
    }

    pub fn is_withdrawn(&self) -> bool {
        self.gate.is_closed()
    }

    /// Tells the actors that these are durable, in one message each.
    pub(super) fn settle_all(takes: Vec<Self>) {
        // A batch touches few hot SKUs or many cold ones; sorting groups both without a map.
        let mut takes = takes;
        takes.sort_by_key(|taken| taken.changes.first().map(|change| change.account.variant));
        let mut waiting = takes.into_iter().peekable();
        while let Some(mut first) = waiting.next() {
            first.settled = true;
            let mut group = vec![first.take];
            let mut passes = vec![first.pass.take()];
            while let Some(mut next) = waiting.next_if(|next| next.address == first.address) {
                next.settled = true;
                group.push(next.take);
                passes.push(next.pass.take());
            }
            if is_on(Mutant::SettledAsDropped) {
                group.into_iter().for_each(|take| first.address.tell(DropTake { take }));
                continue;
            }
            first.address.tell(Settle { takes: group });
            drop(passes);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.settled && !is_on(Mutant::TakesLeak) {
            self.address.tell(DropTake { take: self.take });
        }
    }
}
