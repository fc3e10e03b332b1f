//! When nobody could reach the cell. What runs out by the clock ran out meanwhile as well, and that was not its owner's
//! fault: whoever lets things run out asks here.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use crate::clock::Timestamp;

/// From the last acknowledged sign of life of the database to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    pub down_since: Timestamp,
    pub up_since: Timestamp,
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
