//! What is left of each account, published for everybody: the newest durable snapshot.
//!
//! A refusal may rest on it without asking the actor. It says nothing about takes under way: those wait at the actor.

use crate::mutant::{Mutant, is_on};

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use super::account::{AccountId, Level};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot {
    pub epoch: i64,
    pub seq: i64,
    pub sellable: i64,
}

pub struct Board {
    shards: Box<[RwLock<HashMap<AccountId, Snapshot>>]>,
    hasher: RandomState,
    /// The cell's, as far as was heard.
    epoch: AtomicI64,
    /// How often something was forgotten: what was read before is not put up after it.
    forgotten: AtomicU64,
    /// Another server sells.
    is_closed: AtomicBool,
}

/// The moment before a level is read from the database.
#[derive(Clone, Copy)]
pub struct Before {
    forgotten: u64,
    epoch: i64,
}

const SHARDS: usize = 64;

impl Board {
    pub fn new(epoch: i64) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            hasher: RandomState::new(),
            epoch: AtomicI64::new(epoch),
            forgotten: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
        }
    }

    pub fn get(&self, account: AccountId) -> Option<Snapshot> {
        self.shard(account).read().unwrap_or_else(PoisonError::into_inner).get(&account).copied()
    }

    /// These are durable now.
    pub fn publish(&self, epoch: i64, levels: impl IntoIterator<Item = (AccountId, Level)>) {
        self.epoch.store(epoch, Ordering::SeqCst);
        for (account, level) in levels {
            self.put_up(account, Snapshot::of(epoch, &level), None);
        }
    }

    /// An actor begins with this level. (That nothing overtook its load, the directory has made sure of.)
    pub fn loaded(&self, account: AccountId, level: &Level) {
        self.put_up(account, Snapshot::of(self.epoch.load(Ordering::SeqCst), level), None);
    }

    pub fn before_reading(&self) -> Before {
        Before { forgotten: self.forgotten.load(Ordering::SeqCst), epoch: self.epoch.load(Ordering::SeqCst) }
    }

    /// What was read for somebody who only wants to see it. Not put up if anything was forgotten since: it may be old. And it
    /// is of the epoch in which it was read: as a word of a later one it would outdo what was published meanwhile.
    pub fn read(&self, before: Before, account: AccountId, level: &Level) {
        self.put_up(account, Snapshot::of(before.epoch, level), Some(before));
    }

    pub fn forget(&self, account: AccountId) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.shard(account).write().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }

    /// Nothing is put up until everything is forgotten once more.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        self.clear();
    }

    pub fn forget_all(&self) {
        self.is_closed.store(false, Ordering::SeqCst);
        self.clear();
    }

    fn clear(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        for shard in &self.shards {
            shard.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// The newest wins, whoever comes last.
    fn put_up(&self, account: AccountId, snapshot: Snapshot, read: Option<Before>) {
        let mut shard = self.shard(account).write().unwrap_or_else(PoisonError::into_inner);
        // Under the lock, which whoever forgets takes after it has counted.
        if self.is_closed.load(Ordering::SeqCst) {
            return;
        }
        if read.is_some_and(|before| before.forgotten != self.forgotten.load(Ordering::SeqCst)) {
            return;
        }
        let entry = shard.entry(account).or_insert(snapshot);
        if (entry.epoch, entry.seq) <= (snapshot.epoch, snapshot.seq) || is_on(Mutant::SnapshotOutOfOrder) {
            *entry = snapshot;
        }
    }

    fn shard(&self, account: AccountId) -> &RwLock<HashMap<AccountId, Snapshot>> {
        &self.shards[self.hasher.hash_one(account) as usize % SHARDS]
    }
}

impl Snapshot {
    fn of(epoch: i64, level: &Level) -> Self {
        Self { epoch, seq: level.seq, sellable: level.sellable().max(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{LocationId, VariantId};

    fn account() -> AccountId {
        AccountId { variant: VariantId::from_uuid(uuid::Uuid::from_u128(1)), location: LocationId::MAIN }
    }

    fn level(seq: i64, on_hand: i64) -> Level {
        Level { seq, on_hand, ..Level::default() }
    }

    #[test]
    fn the_newest_snapshot_wins_whoever_comes_last() {
        let board = Board::new(1);
        let publish = |epoch, seq, on_hand| board.publish(epoch, [(account(), level(seq, on_hand))]);
        publish(1, 7, 3);
        publish(1, 6, 9);
        assert_eq!(board.get(account()), Some(Snapshot { epoch: 1, seq: 7, sellable: 3 }));
        publish(2, 7, 5);
        assert_eq!(board.get(account()).map(|s| s.sellable), Some(5));
        publish(1, 99, 1);
        assert_eq!(board.get(account()).map(|s| s.sellable), Some(5), "an older epoch never wins");
    }

    #[test]
    fn what_was_read_in_an_epoch_that_is_over_is_older_than_what_was_published_in_it() {
        let board = Board::new(1);
        let before = board.before_reading();
        board.publish(1, [(account(), level(1, 6))]);
        let another = AccountId { location: LocationId::from_uuid(uuid::Uuid::nil()), ..account() };
        board.publish(2, [(another, level(5, 1))]);
        board.read(before, account(), &level(0, 0));
        assert_eq!(board.get(account()), Some(Snapshot { epoch: 1, seq: 1, sellable: 6 }));
    }

    #[test]
    fn what_was_read_before_something_was_forgotten_is_not_put_up() {
        let board = Board::new(1);
        let before = board.before_reading();
        board.read(before, account(), &level(3, 4));
        assert_eq!(board.get(account()).map(|s| s.sellable), Some(4));
        let before = board.before_reading();
        board.forget(account());
        board.read(before, account(), &level(3, 4));
        assert_eq!(board.get(account()), None);
        let before = board.before_reading();
        board.forget_all();
        board.read(before, account(), &level(3, 4));
        assert_eq!(board.get(account()), None);
    }

    #[test]
    fn where_another_sells_nothing_is_put_up() {
        let board = Board::new(1);
        board.publish(1, [(account(), level(1, 6))]);
        board.close();
        assert_eq!(board.get(account()), None, "it is not kept up any more");
        board.publish(1, [(account(), level(2, 5))]);
        board.loaded(account(), &level(2, 5));
        board.read(board.before_reading(), account(), &level(2, 5));
        assert_eq!(board.get(account()), None);
        board.forget_all();
        board.loaded(account(), &level(3, 4));
        assert_eq!(board.get(account()).map(|s| s.sellable), Some(4), "it sells again");
    }
}
