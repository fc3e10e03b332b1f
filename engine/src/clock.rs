//! Time and fresh ids, handed to whoever needs them. Only this file reads the system's clock.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::{NoContext, Uuid};

use crate::runtime::Runtime;

pub type Timestamp = DateTime<Utc>;

/// What time it is. `now` is asked once per command and handed down.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Timestamp;

    /// Another server's time went on to `at`: nothing happens before it. Only a clock that was set by this process can be
    /// behind.
    fn catch_up(&self, _at: Timestamp) {}
}

/// The system's wall clock.
#[derive(Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads it")]
    fn now(&self) -> Timestamp {
        Utc::now()
    }
}

/// The engine's clock. Begins at what the database said when the cell was taken and goes on by the machine's monotonic
/// clock: whatever happens to the wall clock, it neither jumps nor runs backwards.
pub struct CoreClock {
    runtime: Runtime,
    anchor: Timestamp,
    started: Instant,
    /// By how much it was moved forward since, in microseconds.
    ahead: AtomicI64,
}

impl CoreClock {
    pub fn anchored(runtime: Runtime, anchor: Timestamp) -> Self {
        let started = runtime.now();
        Self { runtime, anchor, started, ahead: AtomicI64::new(0) }
    }
}

impl Clock for CoreClock {
    fn now(&self) -> Timestamp {
        let elapsed =
            TimeDelta::from_std(self.runtime.now().saturating_duration_since(self.started)).unwrap_or(TimeDelta::MAX);
        // PostgreSQL keeps microseconds: what is answered at once must be what is read back later.
        let now = self.anchor.checked_add_signed(elapsed).unwrap_or(self.anchor);
        let micros = now.timestamp_micros().saturating_add(self.ahead.load(Ordering::Acquire));
        DateTime::from_timestamp_micros(micros).unwrap_or(now)
    }

    fn catch_up(&self, at: Timestamp) {
        let behind = at.timestamp_micros().saturating_sub(self.now().timestamp_micros());
        if behind > 0 {
            self.ahead.fetch_add(behind, Ordering::AcqRel);
        }
    }
}

/// A clock that stands still until a test moves it.
pub struct ManualClock {
    micros: AtomicI64,
}

impl ManualClock {
    pub fn at(start: Timestamp) -> Self {
        Self { micros: AtomicI64::new(start.timestamp_micros()) }
    }

    pub fn advance(&self, by: TimeDelta) {
        let micros = by.num_microseconds().expect("tests move by less than 292,000 years");
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::SeqCst)).expect("it was made from a timestamp")
    }
}

/// Where fresh ids come from.
pub trait IdSource: Send + Sync + 'static {
    /// A UUIDv7 that sorts at `now`.
    fn next(&self, now: Timestamp) -> Uuid;
}

/// Random ids.
#[derive(Clone, Copy, Default)]
pub struct RandomIds;

impl IdSource for RandomIds {
    fn next(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, millis / 1000, (millis % 1000) as u32 * 1_000_000))
    }
}

/// Ids that are the same in every run of a test.
pub struct CountedIds {
    counter: AtomicU64,
    // Two sources in one test must not meet.
    lane: u16,
}

impl CountedIds {
    pub fn lane(lane: u16) -> Self {
        Self { counter: AtomicU64::new(0), lane }
    }
}

impl IdSource for CountedIds {
    fn next(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let count = self.counter.fetch_add(1, Ordering::SeqCst);
        let mut random = [0; 10];
        random[..2].copy_from_slice(&self.lane.to_be_bytes());
        random[2..].copy_from_slice(&count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
