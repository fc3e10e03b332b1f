//! What was done, and how long it took to get over it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::{Blow, Stroke};

#[derive(Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) server_kills: u64,
    /// With `SIGTERM`.
    pub(crate) server_ends: u64,
    pub(crate) postgres_kills: u64,
    pub(crate) backends_ended: u64,
    pub(crate) backends_killed: u64,
    /// Stopped for longer than a takeover takes.
    pub(crate) server_pauses: u64,
    pub(crate) takeovers: u64,
    /// Went on while another owned the shop.
    pub(crate) split_brains: u64,
    pub(crate) point_kills: u64,
    pub(crate) point_stops: u64,
    pub(crate) points_not_reached: u64,
    pub(crate) starts_in_vain: u64,
    /// By stroke, in milliseconds: how long until the shop was open again.
    pub(crate) strokes: BTreeMap<&'static str, Vec<u64>>,
    #[serde(skip)]
    unserved: BTreeMap<Blow, Vec<u64>>,
}

/// How long nobody could buy, of all strokes of a kind that an owner was dealt beside a standby.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Unserved {
    pub(crate) strokes: usize,
    pub(crate) median_ms: u64,
    pub(crate) longest_ms: u64,
    pub(crate) aim_ms: Option<u64>,
    pub(crate) over_the_aim: usize,
}

impl Tally {
    pub(super) fn reopened(&mut self, stroke: Stroke, took: Duration) {
        self.strokes.entry(stroke.name()).or_default().push(millis(took));
    }

    /// From the blow to the first order that was acknowledged after it.
    pub(super) fn unserved(&mut self, blow: Blow, lasted: Duration) {
        self.unserved.entry(blow).or_default().push(millis(lasted));
    }

    pub(crate) fn takeover_times(&self) -> BTreeMap<&'static str, Unserved> {
        self.unserved.iter().map(|(blow, times)| (blow.name(), Unserved::of(times, blow.aim()))).collect()
    }

    /// The longest time in which nobody may have been there.
    pub(crate) fn longest_ms(&self) -> u64 {
        self.strokes.values().flatten().copied().max().unwrap_or(0)
    }
}

impl Unserved {
    fn of(times_ms: &[u64], aim: Option<Duration>) -> Self {
        let mut times_ms = times_ms.to_vec();
        times_ms.sort_unstable();
        let aim_ms = aim.map(millis);
        Self {
            strokes: times_ms.len(),
            median_ms: times_ms.get(times_ms.len() / 2).copied().unwrap_or(0),
            longest_ms: times_ms.last().copied().unwrap_or(0),
            aim_ms,
            over_the_aim: times_ms.iter().filter(|time| aim_ms.is_some_and(|aim| **time > aim)).count(),
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_the_aim_is_counted() {
        let of = |times: &[u64], aim: Option<u64>| {
            let Unserved { strokes, median_ms, longest_ms, over_the_aim, .. } =
                Unserved::of(times, aim.map(Duration::from_millis));
            (strokes, median_ms, longest_ms, over_the_aim)
        };
        assert_eq!(of(&[], Some(10)), (0, 0, 0, 0));
        assert_eq!(of(&[30, 10, 11, 9, 8], Some(10)), (5, 10, 30, 2));
        assert_eq!(of(&[30, 10], None), (2, 30, 30, 0));
    }
}
