//! Whether this process may still speak for the cell without writing.
//!
//! A refusal rests on memory. A process that was cut off must not say "sold out" while another sells, so an answer without
//! a write needs a sign of life from the database that was *asked for* less than two seconds ago: a takeover waits longer
//! than that before it begins to sell.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::mutant::{Mutant, is_on};
use crate::runtime::Runtime;

/// How old a sign of life may be.
pub(super) const FRESH: Duration = Duration::from_secs(2);

/// How long a takeover waits before it sells, when the old owner may still be running.
pub(super) const TAKEOVER_WAIT: Duration = Duration::from_secs(3);

pub struct Proof {
    runtime: Runtime,
    started: Instant,
    /// Milliseconds after `started` at which the last answered question was sent, plus one; 0: never.
    sent_ms: AtomicU64,
    owner: AtomicBool,
    terms: AtomicU64,
}

/// From one loss of all memory to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term(u64);

impl Proof {
    /// `started`: before any question that was answered.
    pub fn new(runtime: Runtime, started: Instant) -> Self {
        Self { runtime, started, sent_ms: AtomicU64::new(0), owner: AtomicBool::new(false), terms: AtomicU64::new(0) }
    }

    /// To be asked before memory is.
    pub fn term(&self) -> Term {
        Term(self.terms.load(Ordering::Acquire))
    }

    /// Whether an answer may rest now on what memory said in `term`. Another may have owned the cell since: then what was
    /// remembered is history, however fresh the proof is.
    pub fn speaks_for(&self, term: Term) -> bool {
        self.term() == term && self.is_fresh()
    }

    /// Whether an answer may rest on memory now.
    pub fn is_fresh(&self) -> bool {
        let sent = self.sent_ms.load(Ordering::Acquire);
        let elapsed = self.runtime.now().saturating_duration_since(self.started);
        is_on(Mutant::RefusalWithoutAHeartbeat)
            || self.owner.load(Ordering::Acquire)
                && sent > 0
                && elapsed < Duration::from_millis(sent - 1).saturating_add(FRESH)
    }

    pub fn is_owner(&self) -> bool {
        self.owner.load(Ordering::Acquire)
    }

    /// The database answered a question that was sent at `sent`.
    pub(super) fn answered(&self, sent: Instant) {
        let millis = sent.saturating_duration_since(self.started).as_millis();
        self.sent_ms.fetch_max(u64::try_from(millis).unwrap_or(u64::MAX - 1) + 1, Ordering::AcqRel);
    }

    /// All memory has been forgotten: what was read of it before is worth nothing.
    pub(super) fn begin_term(&self) {
        self.terms.fetch_add(1, Ordering::AcqRel);
    }

    pub(super) fn set_owner(&self, owner: bool) {
        self.owner.store(owner, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> Runtime {
        Runtime::from(tokio::runtime::Handle::current())
    }

    #[tokio::test]
    async fn memory_may_speak_only_for_an_owner_that_was_answered_lately() {
        let proof = Proof::new(runtime(), Instant::now());
        assert!(!proof.is_fresh(), "never answered");
        proof.answered(Instant::now());
        assert!(!proof.is_fresh(), "not the owner");
        proof.set_owner(true);
        assert!(proof.is_fresh());
        proof.set_owner(false);
        assert!(!proof.is_fresh(), "lost the cell");
    }

    #[tokio::test]
    async fn what_was_remembered_before_all_was_forgotten_is_not_told() {
        let proof = Proof::new(runtime(), Instant::now());
        proof.answered(Instant::now());
        proof.set_owner(true);
        let term = proof.term();
        assert!(proof.speaks_for(term));
        proof.begin_term();
        assert!(proof.is_fresh() && !proof.speaks_for(term));
        assert!(proof.speaks_for(proof.term()));
    }

    #[tokio::test]
    async fn an_old_sign_of_life_is_none() {
        let long_ago = Instant::now().checked_sub(Duration::from_secs(60)).expect("the machine is up for a minute");
        let proof = Proof {
            runtime: runtime(),
            started: long_ago,
            sent_ms: AtomicU64::new(0),
            owner: AtomicBool::new(true),
            terms: AtomicU64::new(0),
        };
        proof.answered(long_ago + Duration::from_secs(57));
        assert!(!proof.is_fresh(), "three seconds old");
        proof.answered(Instant::now());
        assert!(proof.is_fresh());
    }
}
