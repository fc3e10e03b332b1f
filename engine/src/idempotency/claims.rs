//! What this process knows of keys: one map, in which a key is claimed before anything else happens.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use crate::clock::Timestamp;

use super::call::CallKey;

/// Remembers ended requests as `T`. Cheap to clone.
pub struct Claims<T>(Arc<Shared<T>>);

impl<T> Clone for Claims<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Shared<T> {
    shards: Box<[Mutex<Shard<T>>]>,
    ended_max: usize,
    /// How often what ended was forgotten.
    forgotten: AtomicU64,
}

struct Shard<T> {
    entries: HashMap<CallKey, Entry<T>>,
    /// The ended ones, oldest first: the first to be forgotten.
    ended: VecDeque<CallKey>,
}

struct Entry<T> {
    fingerprint: [u8; 32],
    state: State<T>,
}

enum State<T> {
    UnderWay,
    Ended { outcome: T, until: Option<Timestamp> },
}

/// What is known of a key.
pub enum Standing<T> {
    /// Nothing: it is yours now.
    Claimed(Claim<T>),
    UnderWay,
    Ended(T),
    /// The same key came with another request.
    Reused,
}

/// The right to carry a request out. Dropped without an end, the key is free again.
pub struct Claim<T> {
    claims: Claims<T>,
    key: CallKey,
    ended: bool,
    /// How often what ended had been forgotten before.
    since: u64,
}

const SHARDS: usize = 32;

impl<T: Clone> Claims<T> {
    /// Remembers about `ended_max` ended requests.
    pub fn new(ended_max: usize) -> Self {
        let shard = || Mutex::new(Shard { entries: HashMap::new(), ended: VecDeque::new() });
        let shards = (0..SHARDS).map(|_| shard()).collect();
        Self(Arc::new(Shared { shards, ended_max: ended_max.div_ceil(SHARDS), forgotten: AtomicU64::new(0) }))
    }

    pub fn claim(&self, key: CallKey, fingerprint: [u8; 32], now: Timestamp) -> Standing<T> {
        let mut shard = self.shard(key);
        match shard.entries.get(&key) {
            Some(entry) if entry.is_current(now) => {
                if entry.fingerprint != fingerprint {
                    return Standing::Reused;
                }
                match &entry.state {
                    State::UnderWay => Standing::UnderWay,
                    State::Ended { outcome, .. } => Standing::Ended(outcome.clone()),
                }
            }
            // What was remembered for a short time only is over; its place in the line of the ended stays, harmlessly.
            _ => {
                shard.entries.insert(key, Entry { fingerprint, state: State::UnderWay });
                let since = self.0.forgotten.load(Ordering::SeqCst);
                Standing::Claimed(Claim { claims: self.clone(), key, ended: false, since })
            }
        }
    }
}

impl<T> Claims<T> {
    /// What ended is no longer known here: another process may have ended the same requests otherwise.
    pub fn forget_ended(&self) {
        self.0.forgotten.fetch_add(1, Ordering::SeqCst);
        for shard in &self.0.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.entries.retain(|_, entry| matches!(entry.state, State::UnderWay));
            shard.ended.clear();
        }
    }

    fn shard(&self, key: CallKey) -> MutexGuard<'_, Shard<T>> {
        self.0.shards[key.1 as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Entry<T> {
    fn is_current(&self, now: Timestamp) -> bool {
        match &self.state {
            State::UnderWay => true,
            State::Ended { until, .. } => until.is_none_or(|until| now < until),
        }
    }
}

impl<T> Claim<T> {
    /// The request ended so; whoever repeats it is told.
    pub fn end(self, outcome: T) {
        self.end_until(outcome, None);
    }

    /// Like `end`, forgotten after `memory`, and with all that is forgotten: an outcome that rests on memory is not kept when
    /// memory was lost since the request began.
    pub fn end_for_a_while(self, outcome: T, now: Timestamp, memory: TimeDelta) {
        self.end_until(outcome, Some(now.checked_add_signed(memory).unwrap_or(Timestamp::MAX_UTC)));
    }

    fn end_until(mut self, outcome: T, until: Option<Timestamp>) {
        let mut shard = self.claims.shard(self.key);
        // Under the lock, which whoever forgets takes after it has counted.
        if until.is_some() && self.claims.0.forgotten.load(Ordering::SeqCst) != self.since {
            drop(shard);
            return;
        }
        self.ended = true;
        if let Some(entry) = shard.entries.get_mut(&self.key) {
            entry.state = State::Ended { outcome, until };
            shard.ended.push_back(self.key);
        }
        while shard.ended.len() > self.claims.0.ended_max {
            let Some(oldest) = shard.ended.pop_front() else { break };
            // It may have been claimed anew since.
            if shard.entries.get(&oldest).is_some_and(|entry| matches!(entry.state, State::Ended { .. })) {
                shard.entries.remove(&oldest);
            }
        }
    }
}

impl<T> Drop for Claim<T> {
    fn drop(&mut self) {
        if !self.ended {
            self.claims.shard(self.key).entries.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{PrincipalId, StoreId};

    fn key(text: &str) -> CallKey {
        CallKey::of(StoreId::MAIN, PrincipalId::from_uuid(uuid::Uuid::nil()), "r", text)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(second, 0).expect("in range")
    }

    fn said<T>(standing: &Standing<T>) -> &'static str {
        match standing {
            Standing::Claimed(_) => "claimed",
            Standing::UnderWay => "under way",
            Standing::Ended(_) => "ended",
            Standing::Reused => "reused",
        }
    }

    #[test]
    fn a_key_has_one_owner_until_it_ends_and_is_remembered_then() {
        let claims: Claims<u8> = Claims::new(1000);
        let Standing::Claimed(first) = claims.claim(key("a"), [1; 32], at(0)) else { panic!("it is new") };
        assert_eq!(said(&claims.claim(key("a"), [1; 32], at(0))), "under way");
        assert_eq!(said(&claims.claim(key("a"), [2; 32], at(0))), "reused");
        first.end(7);
        assert!(matches!(claims.claim(key("a"), [1; 32], at(9)), Standing::Ended(7)));
        assert_eq!(said(&claims.claim(key("a"), [2; 32], at(9))), "reused");
    }

    #[test]
    fn a_claim_that_came_to_nothing_frees_its_key() {
        let claims: Claims<u8> = Claims::new(1000);
        drop(claims.claim(key("a"), [1; 32], at(0)));
        assert_eq!(said(&claims.claim(key("a"), [2; 32], at(0))), "claimed");
    }

    #[test]
    fn what_is_remembered_for_a_while_is_forgotten_after_it() {
        let claims: Claims<u8> = Claims::new(1000);
        let Standing::Claimed(claim) = claims.claim(key("a"), [1; 32], at(0)) else { panic!("it is new") };
        claim.end_for_a_while(7, at(0), TimeDelta::seconds(30));
        assert_eq!(said(&claims.claim(key("a"), [1; 32], at(29))), "ended");
        assert_eq!(said(&claims.claim(key("a"), [1; 32], at(30))), "claimed");
    }

    #[test]
    fn what_ended_can_be_forgotten_and_what_is_under_way_cannot() {
        let claims: Claims<u8> = Claims::new(1000);
        let Standing::Claimed(ended) = claims.claim(key("a"), [1; 32], at(0)) else { panic!("it is new") };
        ended.end(7);
        let under_way = claims.claim(key("b"), [1; 32], at(0));
        claims.forget_ended();
        assert_eq!(said(&claims.claim(key("a"), [2; 32], at(0))), "claimed");
        assert_eq!(said(&claims.claim(key("b"), [1; 32], at(0))), "under way");
        drop(under_way);
    }

    #[test]
    fn what_rests_on_forgotten_memory_is_not_remembered_and_what_is_written_is() {
        let claims: Claims<u8> = Claims::new(1000);
        let Standing::Claimed(refused) = claims.claim(key("a"), [1; 32], at(0)) else { panic!("it is new") };
        let Standing::Claimed(written) = claims.claim(key("b"), [1; 32], at(0)) else { panic!("it is new") };
        claims.forget_ended();
        refused.end_for_a_while(7, at(0), TimeDelta::seconds(30));
        written.end(8);
        assert_eq!(said(&claims.claim(key("a"), [1; 32], at(1))), "claimed");
        assert!(matches!(claims.claim(key("b"), [1; 32], at(1)), Standing::Ended(8)));
    }

    #[test]
    fn only_so_many_are_remembered() {
        let claims: Claims<u8> = Claims::new(SHARDS);
        for n in 0..1000 {
            if let Standing::Claimed(claim) = claims.claim(key(&n.to_string()), [1; 32], at(0)) {
                claim.end(0);
            }
        }
        let kept: usize = claims.0.shards.iter().map(|shard| shard.lock().expect("whole").entries.len()).sum();
        assert!(kept <= SHARDS, "{kept}");
    }
}
