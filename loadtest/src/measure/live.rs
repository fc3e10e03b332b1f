//! What can be watched while a run goes on. Relaxed counters: they inform, nothing is decided by them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use super::operation::Outcome;

#[derive(Default)]
pub(crate) struct Live {
    outcomes: [AtomicU64; Outcome::ALL.len()],
    repeats: AtomicU64,
    late: AtomicU64,
    slowest_us: AtomicU64,
    stop: AtomicBool,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Glance {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) failed: u64,
    pub(crate) repeats: u64,
    pub(crate) late: u64,
    /// Since the last glance.
    pub(crate) slowest_us: u64,
}

impl Live {
    pub(crate) fn settled(&self, outcome: Outcome, latency_us: u64) {
        self.outcomes[outcome.index()].fetch_add(1, Relaxed);
        // Nearly always only a read.
        if latency_us > self.slowest_us.load(Relaxed) {
            self.slowest_us.fetch_max(latency_us, Relaxed);
        }
    }

    pub(crate) fn repeated(&self) {
        self.repeats.fetch_add(1, Relaxed);
    }

    pub(crate) fn late(&self) {
        self.late.fetch_add(1, Relaxed);
    }

    /// The operator has seen enough: finish what is under way, then report.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }

    pub(crate) fn glance(&self) -> Glance {
        Glance {
            accepted: self.outcomes[Outcome::Accepted.index()].load(Relaxed),
            refused: self.outcomes[Outcome::Refused.index()].load(Relaxed),
            failed: self.outcomes[Outcome::Failed.index()].load(Relaxed),
            repeats: self.repeats.load(Relaxed),
            late: self.late.load(Relaxed),
            slowest_us: self.slowest_us.swap(0, Relaxed),
        }
    }
}
