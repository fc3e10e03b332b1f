//! How long a change takes until it is found: from when its row of the outbox was written.

use std::time::Duration;

use crate::clock::Timestamp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A document had to be written.
    Product,
    /// One word in memory.
    Stock,
}

impl What {
    fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Stock => "stock",
        }
    }
}

/// What was said then can be found now.
pub(super) fn seen(what: What, said_at: impl IntoIterator<Item = Timestamp>, now: Timestamp) {
    let histogram = metrics::histogram!("doorbuster_search_visible_duration_seconds", "what" => what.name());
    for at in said_at {
        histogram.record(age(at, now));
    }
}

/// Clocks of different machines may be a little apart: nothing is found before it is said.
fn age(at: Timestamp, now: Timestamp) -> Duration {
    (now - at).to_std().unwrap_or_default()
}
