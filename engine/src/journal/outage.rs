//! When nobody could reach the cell. What runs out by the clock ran out meanwhile as well, and that was not its owner's
//! fault: whoever lets things run out asks here.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::clock::Timestamp;

/// From the last acknowledged sign of life of the database to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    pub down_since: Timestamp,
    pub up_since: Timestamp,
}

/// A shorter one is nobody's concern.
pub const LONG: TimeDelta = TimeDelta::seconds(5);

/// What a server that takes the cell knows of outages that others met: a pause between two batches may have been one. Or
/// nobody came; then whoever is spared for it is spared for nothing, which harms nobody.
pub(super) fn between(committed: &[Timestamp]) -> impl Iterator<Item = Outage> + '_ {
    let pauses = committed.windows(2).map(|pair| Outage { down_since: pair[0], up_since: pair[1] });
    pauses.filter(|pause| pause.up_since.signed_duration_since(pause.down_since) > LONG)
}

/// The latest ones of this process, the stop before its start among them.
#[derive(Default)]
pub(super) struct Outages(Mutex<VecDeque<Outage>>);

/// Each takes some seconds, and none is of interest for longer than a minute.
const REMEMBERED: usize = 64;

impl Outages {
    pub(super) fn add(&self, outage: Outage) {
        let mut outages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if outages.len() == REMEMBERED {
            outages.pop_front();
        }
        outages.push_back(outage);
    }

    pub(super) fn all(&self) -> Vec<Outage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_pause_between_two_batches_may_have_been_an_outage() {
        let at = |second| Timestamp::from_timestamp(second, 0).expect("in range");
        let committed = [at(0), at(1), at(7), at(12), at(40)];
        let pauses: Vec<_> = between(&committed).map(|pause| (pause.down_since, pause.up_since)).collect();
        assert_eq!(pauses, [(at(1), at(7)), (at(12), at(40))]);
        assert_eq!(between(&[]).count(), 0);
    }
}
