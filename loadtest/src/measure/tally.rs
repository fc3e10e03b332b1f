//! One thread's notes, and the sum of all threads' notes.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::operation::{Operation, Outcome};
use super::slice::Slice;

/// A name and how often it occurred: refusal codes, failures, reasons to repeat. Few, so a list is fastest.
#[derive(Clone, Default)]
pub(crate) struct Count(pub(crate) Vec<(String, u64)>);

#[derive(Clone)]
pub(crate) struct OperationTally {
    /// Microseconds from the planned moment to the last byte, per outcome.
    pub(crate) latency_us: [Histogram<u64>; Outcome::ALL.len()],
    /// Refusals and failures by their code.
    pub(crate) codes: Count,
    pub(crate) repeats: Count,
    pub(crate) slices: Vec<Slice>,
}

pub(crate) struct Tally {
    begun: Instant,
    slice: Duration,
    operations: [Option<Box<OperationTally>>; Operation::ALL.len()],
    /// Arrivals that left later than planned, because no connection was free or the generator was too slow.
    pub(crate) late: u64,
    pub(crate) late_worst: Duration,
    pub(crate) last_end: Duration,
}

/// One finished request.
pub(crate) struct Settled<'a> {
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
    /// The problem's code where the shop refused, the fault's name where it failed; empty if there is none.
    pub(crate) code: &'a str,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

impl Tally {
    /// Nothing that ended before `begun` is recorded: that was warming up.
    pub(crate) fn new(begun: Instant, slice: Duration) -> Self {
        Self {
            begun,
            slice,
            operations: Default::default(),
            late: 0,
            late_worst: Duration::ZERO,
            last_end: Duration::ZERO,
        }
    }

    pub(crate) fn begin(&mut self, at: Instant) {
        self.begun = at;
    }

    pub(crate) fn settle(&mut self, settled: &Settled<'_>) {
        let Some(end) = settled.to.checked_duration_since(self.begun) else {
            return;
        };
        self.last_end = self.last_end.max(end);
        let latency_us = micros(settled.to.duration_since(settled.from));
        let slice = usize::try_from(end.as_nanos() / self.slice.as_nanos()).unwrap_or(usize::MAX);
        let tally = self.operation_mut(settled.operation);
        tally.latency_us[settled.outcome.index()].record(latency_us).expect("it grows by itself");
        if settled.outcome != Outcome::Accepted && !settled.code.is_empty() {
            tally.codes.add(settled.code, 1);
        }
        tally.slice_mut(slice).record(settled.outcome, latency_us);
    }

    pub(crate) fn repeat(&mut self, operation: Operation, because: &str, now: Instant) {
        if now >= self.begun {
            self.operation_mut(operation).repeats.add(because, 1);
        }
    }

    /// `by` is how long after its planned moment an arrival could leave.
    pub(crate) fn late(&mut self, by: Duration) {
        self.late += 1;
        self.late_worst = self.late_worst.max(by);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.late += other.late;
        self.late_worst = self.late_worst.max(other.late_worst);
        self.last_end = self.last_end.max(other.last_end);
        for operation in Operation::ALL {
            if let Some(theirs) = other.operation(operation) {
                self.operation_mut(operation).merge(theirs);
            }
        }
    }

    pub(crate) fn operation(&self, operation: Operation) -> Option<&OperationTally> {
        self.operations[operation.index()].as_deref()
    }

    pub(crate) fn operations(&self) -> impl Iterator<Item = (Operation, &OperationTally)> {
        Operation::ALL.into_iter().filter_map(|operation| Some((operation, self.operation(operation)?)))
    }

    pub(crate) fn slice(&self) -> Duration {
        self.slice
    }

    /// Ended within the first `window` after the warming up, per second. Slices that reach beyond it do not
    /// count: at the end the crowd thins out.
    pub(crate) fn rate(&self, operation: Operation, outcome: Outcome, window: Duration) -> u64 {
        let Some(tally) = self.operation(operation) else {
            return 0;
        };
        let whole = usize::try_from(window.as_nanos() / self.slice.as_nanos()).unwrap_or(usize::MAX);
        if whole == 0 {
            return per_second(tally.count(outcome), self.last_end);
        }
        let ended = tally.slices.iter().take(whole).map(|slice| slice.counts[outcome.index()]).sum();
        per_second(ended, self.slice.saturating_mul(u32::try_from(whole).unwrap_or(u32::MAX)))
    }

    fn operation_mut(&mut self, operation: Operation) -> &mut OperationTally {
        self.operations[operation.index()].get_or_insert_with(|| Box::new(OperationTally::new()))
    }
}

impl OperationTally {
    fn new() -> Self {
        let histogram = || Histogram::new(3).expect("three digits are within the histogram's range");
        Self {
            latency_us: [histogram(), histogram(), histogram()],
            codes: Count::default(),
            repeats: Count::default(),
            slices: Vec::new(),
        }
    }

    pub(crate) fn count(&self, outcome: Outcome) -> u64 {
        self.latency_us[outcome.index()].len()
    }

    pub(crate) fn latency_us(&self, outcome: Outcome) -> &Histogram<u64> {
        &self.latency_us[outcome.index()]
    }

    fn slice_mut(&mut self, at: usize) -> &mut Slice {
        if self.slices.len() <= at {
            self.slices.resize_with(at + 1, Slice::new);
        }
        &mut self.slices[at]
    }

    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.latency_us.iter_mut().zip(&other.latency_us) {
            mine.add(theirs).expect("histograms share their precision and grow by themselves");
        }
        for (name, times) in &other.codes.0 {
            self.codes.add(name, *times);
        }
        for (name, times) in &other.repeats.0 {
            self.repeats.add(name, *times);
        }
        for (at, slice) in other.slices.iter().enumerate() {
            self.slice_mut(at).merge(slice);
        }
    }
}

impl Count {
    pub(crate) fn add(&mut self, name: &str, times: u64) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += times,
            None => self.0.push((name.to_owned(), times)),
        }
    }
}

/// Whole events per second.
pub(crate) fn per_second(events: u64, during: Duration) -> u64 {
    let nanos = during.as_nanos().max(1);
    u64::try_from(u128::from(events) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}

/// At most a day: a histogram grows to its largest value.
fn micros(duration: Duration) -> u64 {
    const DAY_US: u64 = 86_400_000_000;
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX).min(DAY_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout(begun: Instant, outcome: Outcome, from_ms: u64, to_ms: u64) -> Settled<'static> {
        Settled {
            operation: Operation::Checkout,
            outcome,
            code: "out_of_stock",
            from: begun + Duration::from_millis(from_ms),
            to: begun + Duration::from_millis(to_ms),
        }
    }

    #[test]
    fn what_ended_while_warming_up_is_not_recorded() {
        let start = Instant::now();
        let mut tally = Tally::new(start + Duration::from_millis(100), Duration::from_millis(50));
        tally.settle(&checkout(start, Outcome::Accepted, 0, 99));
        assert!(tally.operation(Operation::Checkout).is_none());
        tally.settle(&checkout(start, Outcome::Accepted, 0, 101));
        let checkouts = tally.operation(Operation::Checkout).unwrap();
        assert_eq!(checkouts.count(Outcome::Accepted), 1);
        assert!(checkouts.latency_us(Outcome::Accepted).max() >= 101_000);
    }

    #[test]
    fn two_threads_notes_add_up() {
        let start = Instant::now();
        let mut mine = Tally::new(start, Duration::from_millis(100));
        let mut theirs = Tally::new(start, Duration::from_millis(100));
        mine.settle(&checkout(start, Outcome::Accepted, 0, 10));
        theirs.settle(&checkout(start, Outcome::Accepted, 0, 150));
        theirs.settle(&checkout(start, Outcome::Refused, 0, 250));
        theirs.late(Duration::from_millis(3));
        mine.merge(&theirs);
        let checkouts = mine.operation(Operation::Checkout).unwrap();
        assert_eq!(checkouts.count(Outcome::Accepted), 2);
        assert_eq!(checkouts.codes.0, [("out_of_stock".to_owned(), 1)]);
        assert_eq!(checkouts.slices.iter().map(|slice| slice.counts[0]).collect::<Vec<_>>(), [1, 1, 0]);
        assert_eq!((mine.late, mine.last_end), (1, Duration::from_millis(250)));
    }

    #[test]
    fn the_rate_counts_whole_slices_of_the_window_only() {
        let start = Instant::now();
        let mut tally = Tally::new(start, Duration::from_millis(100));
        for end_ms in [10, 110, 120, 199, 205, 900] {
            tally.settle(&checkout(start, Outcome::Accepted, 0, end_ms));
        }
        let rate = |window_ms| tally.rate(Operation::Checkout, Outcome::Accepted, Duration::from_millis(window_ms));
        assert_eq!(rate(200), 20, "four in two tenths of a second");
        assert_eq!(rate(299), 20, "the third slice reaches beyond");
    }
}
