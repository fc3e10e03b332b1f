//! How many orders were placed, counted where their buyers are told.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Default)]
pub struct OrderRate {
    placed: AtomicU64,
    /// When how many had been placed, for as long as the rate looks back.
    seen: Mutex<VecDeque<(Instant, u64)>>,
}

/// Over how long a rate is taken.
const WINDOW: Duration = Duration::from_secs(3);

impl OrderRate {
    pub fn count_one(&self) {
        self.placed.fetch_add(1, Ordering::Relaxed);
    }

    pub fn placed(&self) -> u64 {
        self.placed.load(Ordering::Relaxed)
    }

    /// Remembers how many there are. To be called regularly.
    pub fn look(&self, now: Instant) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push_back((now, self.placed()));
        while seen.len() > 2 && seen.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            seen.pop_front();
        }
    }

    /// Orders in a second, over the last few.
    pub fn per_second(&self, now: Instant) -> u64 {
        let placed = self.placed();
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((since, before)) = seen.front().copied() else { return 0 };
        let millis = u64::try_from(now.duration_since(since).as_millis()).unwrap_or(u64::MAX);
        ((placed - before) * 1000).checked_div(millis).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_looks_back_a_few_seconds() {
        let (rate, start) = (OrderRate::default(), Instant::now());
        let at = |second| {
            let now = start + Duration::from_secs(second);
            rate.look(now);
            rate.per_second(now)
        };
        assert_eq!(at(0), 0);
        (0..10).for_each(|_| rate.count_one());
        assert_eq!(at(1), 10);
        assert_eq!(rate.per_second(start + Duration::from_secs(2)), 5, "asking leaves no trace");
        (2..8).for_each(|second| {
            at(second);
        });
        assert_eq!(at(8), 0);
        assert_eq!(rate.placed(), 10);
    }
}
