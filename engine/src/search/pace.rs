//! How fast a rebuild reads: as fast as it was told, and beside a sale so that buyers do not notice.
//!
//! ```text
//!  nobody buys   pages of 500, a rest as long as this thread was in somebody's way
//!  a sale        pages of  50, a rest of a hundred times that
//! ```
//!
//! A rest beside a sale is long because most of what a page takes from others is not seen here: PostgreSQL reads it, and caches
//! are cold afterwards. Alone it would be wrong to rest as long: on two processors a rebuild waits for its own helpers.

use std::time::{Duration, Instant};

use crate::background::waited;
use crate::outbox::{Outbox, Position};

use super::sale::{Beside, Ear};

/// What a rebuild may take from everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Gathered before it is written; Tantivy wants at least 15 MB.
    pub memory_bytes: usize,
    /// Read from the database in a second, at most.
    pub products_per_s: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { memory_bytes: 128 << 20, products_per_s: 5_000 }
    }
}

/// Of one rebuild.
pub(super) struct Reader {
    pace: Pace,
    ear: Ear,
}

/// A page that is being added.
pub(super) struct Page {
    begun: Instant,
    had_waited: Duration,
    products: usize,
}

impl Reader {
    /// Takes what is beside it for a sale until it has listened.
    pub(super) fn new(pace: Pace, outbox: Outbox, from: Position) -> Self {
        Self { pace, ear: Ear::new(outbox, from, Beside::Sale) }
    }

    /// Products of the next page.
    pub(super) fn page_size(&self) -> usize {
        self.ear.beside().page_size()
    }

    pub(super) fn begin(products: usize) -> Page {
        Page { begun: Instant::now(), had_waited: waited(), products }
    }

    /// Leaves everything to others for a while.
    pub(super) async fn rest_after(&mut self, page: Page) {
        let Page { begun, had_waited, products } = page;
        let in_the_way = waited().saturating_sub(had_waited);
        let due =
            Duration::from_millis((products as u64).saturating_mul(1_000) / u64::from(self.pace.products_per_s.max(1)));
        tokio::time::sleep(due.saturating_sub(begun.elapsed())).await;
        tokio::time::sleep(self.ear.beside().rest(in_the_way)).await;
        if let Err(error) = self.ear.listen().await {
            tracing::warn!(%error, "whether there is a sale is not known, and taken for true");
            self.ear.take_for(Beside::Sale);
        }
    }
}

impl Beside {
    fn page_size(self) -> usize {
        match self {
            Self::Nobody => 500,
            Self::Sale => 50,
        }
    }

    /// For some times as long as this thread was in somebody's way. Also beside the busiest sale a rebuild comes to an end.
    fn rest(self, in_the_way: Duration) -> Duration {
        const AT_MOST: Duration = Duration::from_secs(1);
        let times = match self {
            Self::Nobody => 1,
            Self::Sale => 100,
        };
        in_the_way.saturating_mul(times).min(AT_MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_sale_less_is_read_at_once_and_rested_longer() {
        let check = |orders, seconds, page, rests: [u64; 3]| {
            let beside = Beside::these(orders, Duration::from_secs(seconds));
            let rested = [0, 5, 100].map(|ms| beside.rest(Duration::from_millis(ms)));
            assert_eq!(
                (beside.page_size(), rested),
                (page, rests.map(Duration::from_millis)),
                "{orders} in {seconds} s"
            );
        };
        check(0, 1, 500, [0, 5, 100]);
        check(9, 1, 500, [0, 5, 100]);
        check(10, 1, 50, [0, 500, 1_000]);
        check(19, 2, 500, [0, 5, 100]);
        check(20, 2, 50, [0, 500, 1_000]);
        // As many batches as were looked at, in a minute in which nobody listened.
        check(50, 60, 50, [0, 500, 1_000]);
    }
}
