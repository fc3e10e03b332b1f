//! What is left of each account, published for everybody: the newest durable snapshot.
//!
//! A refusal may rest on it without asking the actor. It says nothing about takes under way: those wait at the actor.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
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
}

const SHARDS: usize = 64;

impl Default for Board {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| RwLock::default()).collect(), hasher: RandomState::new() }
    }
}

impl Board {
    pub fn get(&self, account: AccountId) -> Option<Snapshot> {
        self.shard(account).read().unwrap_or_else(PoisonError::into_inner).get(&account).copied()
    }

    /// The newest wins, whoever comes last.
    pub fn publish(&self, epoch: i64, account: AccountId, level: &Level) {
        let snapshot = Snapshot { epoch, seq: level.seq, sellable: level.sellable().max(0) };
        let mut shard = self.shard(account).write().unwrap_or_else(PoisonError::into_inner);
        let entry = shard.entry(account).or_insert(snapshot);
        if (entry.epoch, entry.seq) <= (snapshot.epoch, snapshot.seq) {
            *entry = snapshot;
        }
    }

    pub fn forget(&self, account: AccountId) {
        self.shard(account).write().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }

    pub fn forget_all(&self) {
        for shard in &self.shards {
            shard.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    fn shard(&self, account: AccountId) -> &RwLock<HashMap<AccountId, Snapshot>> {
        &self.shards[self.hasher.hash_one(account) as usize % SHARDS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{LocationId, VariantId};

    #[test]
    fn the_newest_snapshot_wins_whoever_comes_last() {
        let board = Board::default();
        let account = AccountId { variant: VariantId::from_uuid(uuid::Uuid::from_u128(1)), location: LocationId::MAIN };
        let level = |seq, on_hand| Level { seq, on_hand, ..Level::default() };
        board.publish(1, account, &level(7, 3));
        board.publish(1, account, &level(6, 9));
        assert_eq!(board.get(account), Some(Snapshot { epoch: 1, seq: 7, sellable: 3 }));
        board.publish(2, account, &level(7, 5));
        assert_eq!(board.get(account).map(|s| s.sellable), Some(5));
        board.publish(1, account, &level(99, 1));
        assert_eq!(board.get(account).map(|s| s.sellable), Some(5), "an older epoch never wins");
    }
}
