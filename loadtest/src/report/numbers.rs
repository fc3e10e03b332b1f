//! The report as numbers: what the JSON file holds and what the table and the page are drawn from.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::measure::{Operation, OperationTally, Outcome, Slice, Tally, per_second};
use crate::verdict::Verdict;

#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) scenario: String,
    pub(crate) run: String,
    /// RFC 3339, by this machine's clock.
    pub(crate) started_at: String,
    pub(crate) shop: String,
    pub(crate) workload: serde_json::Value,
    /// From the end of the warming up to the last answer.
    pub(crate) took_ms: u64,
    pub(crate) visits: u64,
    pub(crate) late_arrivals: u64,
    pub(crate) latest_arrival_ms: u64,
    pub(crate) operations: Vec<Measured>,
    pub(crate) verdict: Option<VerdictNumbers>,
}

#[derive(Serialize)]
pub(crate) struct Measured {
    pub(crate) operation: &'static str,
    /// Per second over the measured window: accepted, refused, failed.
    pub(crate) rates: [u64; 3],
    pub(crate) outcomes: Vec<OutcomeNumbers>,
    pub(crate) codes: Vec<Named>,
    pub(crate) repeats: Vec<Named>,
    /// The longest time between the first and the last acceptance in which nothing was accepted, to a slice.
    pub(crate) longest_silence_ms: u64,
    pub(crate) slice_ms: u64,
    pub(crate) timeline: Vec<Moment>,
}

#[derive(Serialize)]
pub(crate) struct OutcomeNumbers {
    pub(crate) outcome: &'static str,
    pub(crate) count: u64,
    pub(crate) latency_us: Percentiles,
    /// For the curve: percentile in thousandths of a percent, and microseconds.
    pub(crate) curve: Vec<(u32, u64)>,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) min: u64,
    pub(crate) p50: u64,
    pub(crate) p90: u64,
    pub(crate) p95: u64,
    pub(crate) p99: u64,
    pub(crate) p99_9: u64,
    pub(crate) max: u64,
}

#[derive(Serialize)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) count: u64,
}

#[derive(Serialize)]
pub(crate) struct Moment {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) failed: u64,
    /// Nothing ended here: no latency.
    pub(crate) p50_us: Option<u64>,
    pub(crate) p99_us: Option<u64>,
}

#[derive(Serialize)]
pub(crate) struct VerdictNumbers {
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    /// Attempts that had no answer during the run and were repeated after it.
    pub(crate) asked_again: usize,
    pub(crate) took_ms: u64,
    pub(crate) findings: Vec<String>,
    /// What checking the history says, if it was written down.
    pub(crate) history: Option<String>,
}

/// Drawn at these, in thousandths of a percent.
const CURVE: [u32; 16] = [
    1_000, 5_000, 10_000, 25_000, 50_000, 75_000, 90_000, 95_000, 97_500, 99_000, 99_500, 99_750, 99_900, 99_950,
    99_990, 100_000,
];

impl Report {
    pub(crate) fn operation(&self, operation: Operation) -> Option<&Measured> {
        self.operations.iter().find(|measured| measured.operation == operation.name())
    }

    /// Fills in what was measured. `window` is the time that rates are taken over, if the run had a fixed one.
    pub(crate) fn measured(&mut self, tally: &Tally, window: Option<Duration>) {
        self.took_ms = millis(tally.last_end);
        self.late_arrivals = tally.late;
        self.latest_arrival_ms = millis(tally.late_worst);
        self.operations =
            tally.operations().map(|(operation, numbers)| measured(tally, operation, numbers, window)).collect();
    }
}

fn measured(tally: &Tally, operation: Operation, numbers: &OperationTally, window: Option<Duration>) -> Measured {
    let rate = |outcome| match window {
        Some(window) => tally.rate(operation, outcome, window),
        None => per_second(numbers.count(outcome), tally.last_end),
    };
    let named = |count: &[(String, u64)]| {
        count.iter().map(|(name, count)| Named { name: name.clone(), count: *count }).collect()
    };
    let (slices, slice_ms) = coarse(&numbers.slices, millis(tally.slice()));
    Measured {
        operation: operation.name(),
        rates: Outcome::ALL.map(rate),
        outcomes: Outcome::ALL
            .into_iter()
            .filter(|outcome| numbers.count(*outcome) > 0)
            .map(|outcome| outcome_numbers(numbers, outcome))
            .collect(),
        codes: named(&numbers.codes.0),
        repeats: named(&numbers.repeats.0),
        longest_silence_ms: longest_silence(&numbers.slices) * millis(tally.slice()),
        slice_ms,
        timeline: slices
            .iter()
            .map(|slice| Moment {
                accepted: slice.counts[0],
                refused: slice.counts[1],
                failed: slice.counts[2],
                p50_us: (!slice.latency_us.is_empty()).then(|| slice.latency_us.value_at_percentile(50.0)),
                p99_us: (!slice.latency_us.is_empty()).then(|| slice.latency_us.value_at_percentile(99.0)),
            })
            .collect(),
    }
}

/// Of what is rare, several slices are drawn as one: single answers would look like a saw.
fn coarse(slices: &[Slice], slice_ms: u64) -> (Vec<Slice>, u64) {
    const ANSWERS: u64 = 10;
    const POINTS: usize = 20;
    let ended: u64 = slices.iter().map(|slice| slice.counts.iter().sum::<u64>()).sum();
    let most = (slices.len() / POINTS).max(1);
    let together = (ANSWERS * slices.len() as u64).div_ceil(ended.max(1));
    let together = usize::try_from(together).unwrap_or(most).clamp(1, most);
    let merged = slices.chunks(together).map(|chunk| {
        let mut slice = chunk[0].clone();
        chunk[1..].iter().for_each(|other| slice.merge(other));
        slice
    });
    (merged.collect(), slice_ms * together as u64)
}

/// In slices. Before the first acceptance nothing was to be had yet, and after the last one nobody came any more.
fn longest_silence(slices: &[Slice]) -> u64 {
    let served = |slice: &Slice| slice.counts[0] > 0;
    let first = slices.iter().position(served).unwrap_or(slices.len());
    let last = slices.iter().rposition(served).unwrap_or(first);
    let silences = slices.get(first..last).unwrap_or_default().split(served);
    silences.map(|silence| silence.len() as u64).max().unwrap_or(0)
}

fn outcome_numbers(numbers: &OperationTally, outcome: Outcome) -> OutcomeNumbers {
    let histogram = numbers.latency_us(outcome);
    OutcomeNumbers {
        outcome: outcome.name(),
        count: histogram.len(),
        latency_us: Percentiles::of(histogram),
        curve: CURVE.iter().map(|&thousandths| (thousandths, at(histogram, thousandths))).collect(),
    }
}

impl Measured {
    /// A time without an acceptance is worth a word when about so many were to be expected in it.
    pub(crate) fn had_a_silence(&self) -> bool {
        const EXPECTED: u64 = 20;
        self.longest_silence_ms.saturating_mul(self.rates[0]) >= EXPECTED * 1000
    }

    /// Per second.
    pub(crate) fn rate(&self, outcome: Outcome) -> u64 {
        let at = Outcome::ALL.iter().position(|other| *other == outcome).unwrap_or_default();
        self.rates[at]
    }

    pub(crate) fn outcome(&self, outcome: Outcome) -> Option<&OutcomeNumbers> {
        self.outcomes.iter().find(|numbers| numbers.outcome == outcome.name())
    }
}

impl Percentiles {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        Self {
            min: histogram.min(),
            p50: at(histogram, 50_000),
            p90: at(histogram, 90_000),
            p95: at(histogram, 95_000),
            p99: at(histogram, 99_000),
            p99_9: at(histogram, 99_900),
            max: histogram.max(),
        }
    }
}

#[expect(
    clippy::float_arithmetic,
    reason = "a percentile is asked for as a float; what comes back is whole microseconds"
)]
fn at(histogram: &Histogram<u64>, thousandths_of_a_percent: u32) -> u64 {
    histogram.value_at_percentile(f64::from(thousandths_of_a_percent) / 1_000.0)
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
