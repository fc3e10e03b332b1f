//! PURE. How long things took, exactly: every one is kept.

use std::time::Duration;

use super::report::Spread;

#[derive(Default)]
pub(crate) struct Latencies {
    us: Vec<u64>,
}

impl Latencies {
    pub(crate) fn add(&mut self, took: Duration) {
        self.us.push(u64::try_from(took.as_micros()).expect("not half a million years"));
    }

    pub(crate) fn join(&mut self, others: Latencies) {
        self.us.extend(others.us);
    }

    pub(crate) fn len(&self) -> usize {
        self.us.len()
    }

    pub(crate) fn spread(mut self) -> Spread {
        self.us.sort_unstable();
        // The smallest value that so many of a thousand do not exceed.
        let at = |permille: usize| {
            let rank = (self.us.len() * permille).div_ceil(1_000).max(1);
            self.us.get(rank - 1).copied().unwrap_or(0)
        };
        Spread { count: self.us.len(), p50: at(500), p95: at(950), p99: at(990), max: at(1_000) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_of_what_was_measured() {
        let mut latencies = Latencies::default();
        (1..=200).rev().for_each(|us| latencies.add(Duration::from_micros(us)));
        assert_eq!(latencies.spread(), Spread { count: 200, p50: 100, p95: 190, p99: 198, max: 200 });
        // Of an odd number, the one in the middle.
        let mut three = Latencies::default();
        [3, 1, 2].into_iter().for_each(|us| three.add(Duration::from_micros(us)));
        assert_eq!(three.spread(), Spread { count: 3, p50: 2, p95: 3, p99: 3, max: 3 });
        assert_eq!(Latencies::default().spread(), Spread::default());
    }
}
