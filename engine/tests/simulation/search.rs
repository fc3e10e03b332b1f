//! Many seeds, on as many threads as there are processors.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::mutant::{self, Mutant};

use crate::story::{self, Day, Told};
use crate::world;

/// How far to look: until either is reached.
pub(crate) struct Search {
    first: u64,
    seeds: u64,
    events: u64,
    threads: usize,
    /// A single seed is told, not only judged.
    is_told: bool,
    /// Only these days; none: each seed has its own.
    days: &'static [Day],
    /// One is enough.
    stops_at_the_first: bool,
}

#[derive(Default)]
pub(crate) struct Found {
    pub(crate) seeds: u64,
    pub(crate) events: u64,
    orders: usize,
    took: Duration,
    seen: BTreeMap<&'static str, u64>,
    /// Seeds, with what was found.
    pub(crate) bad: Vec<(u64, Vec<String>)>,
    story: Vec<String>,
}

/// Each of these happens in a search of a good many seeds, or it was not tested.
const RARE: &[&str] = &[
    "actor died",
    "answer lost",
    "backends ended",
    "both killed",
    "clock jumped",
    "connections reset",
    "crash after the flush",
    "cut after",
    "cut before",
    "database killed",
    "deadlock",
    "delayed duplicate",
    "disk full",
    "durable, and nobody heard",
    "impatience",
    "lock lost",
    "poison",
    "server cut off",
    "server ended",
    "server killed",
    "server paused",
    "silence",
    "split brain",
    "stood by",
    "taken",
    "taking unheard",
    "told again",
    "unique violation",
];
/// So many seeds meet all of them.
const ENOUGH: u64 = 500;

impl Search {
    /// As the caller wishes (`SEED`, `SEEDS`, `EVENTS`), else as far as a test should.
    pub(crate) fn from_environment() -> Self {
        let number = |name: &str| {
            let given = std::env::var(name).ok()?;
            Some(given.replace('_', "").parse().unwrap_or_else(|_| panic!("{name}={given} is not a number")))
        };
        let (seed, seeds, events) = (number("SEED"), number("SEEDS"), number("EVENTS"));
        let default = if seed.is_some() { 1 } else { u64::MAX };
        let seeds = seeds.unwrap_or(default);
        Self {
            first: seed.unwrap_or(0),
            seeds,
            events: events.unwrap_or(if seeds == u64::MAX { 20_000_000 } else { u64::MAX }),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            is_told: seeds == 1,
            days: &[],
            stops_at_the_first: false,
        }
    }

    /// The first `seeds` seeds, on `days` in turn, until something is found.
    pub(crate) fn of(seeds: u64, days: &'static [Day]) -> Self {
        Self { first: 0, seeds, events: u64::MAX, threads: 1, is_told: false, days, stops_at_the_first: true }
    }

    pub(crate) fn run(&self, mutant: Option<Mutant>) -> Found {
        let began = Instant::now();
        let (next, found) = (AtomicU64::new(0), Mutex::new(Found::default()));
        std::thread::scope(|scope| {
            for _ in 0..self.threads {
                scope.spawn(|| {
                    mutant::switch(mutant);
                    world::tell(self.is_told);
                    while let Some(seed) = self.next(&next, &found) {
                        found.lock().expect("no panic").add(seed, self.story(seed));
                    }
                });
            }
        });
        let mut found = found.into_inner().expect("no panic");
        found.bad.sort();
        found.took = began.elapsed();
        found
    }

    fn story(&self, seed: u64) -> Told {
        match self.days {
            [] => story::run(seed),
            days => story::run_on(days[seed as usize % days.len()], seed),
        }
    }

    fn next(&self, next: &AtomicU64, found: &Mutex<Found>) -> Option<u64> {
        let found = found.lock().expect("no panic");
        if found.events >= self.events || (self.stops_at_the_first && !found.bad.is_empty()) {
            return None;
        }
        let number = next.fetch_add(1, Ordering::Relaxed);
        (number < self.seeds).then_some(self.first + number)
    }
}

impl Found {
    fn add(&mut self, seed: u64, told: Told) {
        self.seeds += 1;
        self.events += told.events;
        self.orders += told.orders;
        for (what, times) in told.seen {
            *self.seen.entry(what).or_default() += times;
        }
        if !told.findings.is_empty() {
            self.bad.push((seed, told.findings));
        }
        self.story.extend(world::told());
    }

    pub(crate) fn assert_that_nothing_rare_was_missed(&self) {
        if self.seeds >= ENOUGH {
            let missed: Vec<_> = RARE.iter().filter(|rare| !self.seen.contains_key(**rare)).collect();
            assert!(missed.is_empty(), "never happened, so it was not tested: {missed:?}");
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.story {
            writeln!(f, "{line}")?;
        }
        let Self { seeds, events, orders, took, .. } = self;
        writeln!(f, "{seeds} seeds, {events} events, {orders} orders, {:.1} s", took.as_secs_f64())?;
        for (what, times) in &self.seen {
            writeln!(f, "{times:>10}  {what}")?;
        }
        for (seed, findings) in self.bad.iter().take(20) {
            writeln!(f, "SEED={seed}")?;
            for finding in findings.iter().take(10) {
                writeln!(f, "    {finding}")?;
            }
        }
        Ok(())
    }
}
