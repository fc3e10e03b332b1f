//! A short stretch of a run: how many requests ended in it and how long they had taken. The plots are made of these.

use hdrhistogram::Histogram;

use super::operation::Outcome;

#[derive(Clone)]
pub(crate) struct Slice {
    pub(crate) counts: [u64; Outcome::ALL.len()],
    /// Microseconds, all outcomes; two digits are enough for a plot.
    pub(crate) latency_us: Histogram<u64>,
}

impl Slice {
    pub(super) fn new() -> Self {
        Self {
            counts: [0; Outcome::ALL.len()],
            latency_us: Histogram::new(2).expect("two digits are within the histogram's range"),
        }
    }

    pub(super) fn record(&mut self, outcome: Outcome, latency_us: u64) {
        self.counts[outcome.index()] += 1;
        self.latency_us.record(latency_us).expect("it grows by itself");
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            *mine += theirs;
        }
        self.latency_us.add(&other.latency_us).expect("slices share their precision and grow by themselves");
    }
}
