//! Whether there is a sale, for whoever works beside orders; and how fast a rebuild reads: as fast as it was told, and beside a sale so that buyers do not notice.
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
use crate::outbox::{Event, Outbox, Position};
use crate::postgres::DatabaseError;

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

/// What else goes on, as far as whoever works beside orders has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    Nobody,
    Sale,
}

/// Hears of a sale.
pub(super) struct Ear {
    outbox: Outbox,
    beside: Beside,
    /// Up to where the outbox was listened to, and when.
    heard: (Position, Instant),
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

const LISTEN_EVERY: Duration = Duration::from_secs(1);
/// Written by the journal: what became of the orders of a batch.
const ORDERS: &str = "order";
/// So many batches are looked at. A journal whose commits take long has few of them, each of many orders.
const BATCHES_MAX: usize = 50;
/// What became of so many orders in a second is a sale.
const SALE_PER_S: usize = 10;

impl Reader {
    /// Takes what is beside it for a sale until it has listened.
    pub(super) fn new(pace: Pace, outbox: Outbox, from: Position) -> Self {
        Self { pace, ear: Ear::new(outbox, from, Beside::Sale) }
    }

    /// Products of the next page.
    pub(super) fn page_size(&self) -> usize {
        self.ear.beside.page_size()
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
        tokio::time::sleep(self.ear.beside.rest(in_the_way)).await;
        if let Err(error) = self.ear.listen().await {
            tracing::warn!(%error, "whether there is a sale is not known, and taken for true");
            self.ear.beside = Beside::Sale;
        }
    }
}

impl Ear {
    /// Takes it for `beside` until it has listened.
    pub(super) fn new(outbox: Outbox, from: Position, beside: Beside) -> Self {
        Self { outbox, beside, heard: (from, Instant::now()) }
    }

    pub(super) fn beside(&self) -> Beside {
        self.beside
    }

    /// Once a second at most.
    pub(super) async fn listen(&mut self) -> Result<(), DatabaseError> {
        let (from, at) = self.heard;
        let since = at.elapsed();
        if since < LISTEN_EVERY {
            return Ok(());
        }
        let up_to = self.outbox.horizon().await?;
        if up_to <= from {
            // Nobody wrote anything, or a transaction that goes on holds it back: as it was.
            return Ok(());
        }
        let batches = self.outbox.read(&[ORDERS], from, BATCHES_MAX).await?.events;
        self.beside = Beside::these(orders(&batches), since);
        self.heard = (up_to, Instant::now());
        Ok(())
    }
}

fn orders(batches: &[Event]) -> usize {
    batches.iter().map(|batch| batch.payload.as_array().map_or(1, Vec::len)).sum()
}

impl Beside {
    fn these(orders: usize, within: Duration) -> Self {
        let seconds = usize::try_from(within.as_secs()).unwrap_or(usize::MAX).max(1);
        // Where more were left unread there is a sale however long ago it began.
        if orders >= SALE_PER_S.saturating_mul(seconds).min(BATCHES_MAX) { Self::Sale } else { Self::Nobody }
    }

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
    use serde_json::Value;
    use testdb::{Io, TestDatabase};

    use super::*;
    use crate::id::StoreId;
    use crate::postgres::Database;

    #[test]
    fn a_sale_is_heard_of_from_the_outbox() {
        let (own, io) = (TestDatabase::migrated(), Io::start());
        let outbox = Outbox::new(Database::new(own.url(), 2, io.handle().clone()));
        let from = io.block_on(outbox.horizon()).expect("a position");
        let mut ear = Ear::new(outbox.clone(), from, Beside::Sale);
        for (orders, expected) in [(9, Beside::Nobody), (10, Beside::Sale), (1, Beside::Nobody)] {
            let batch = Value::from(vec![Value::Null; orders]);
            io.block_on(outbox.publish(StoreId::MAIN, ORDERS, batch)).expect("published");
            // Transactions of other tests on the same server hold the outbox back for a while.
            testdb::eventually("the batch", || {
                ear.heard.1 = Instant::now().checked_sub(LISTEN_EVERY).expect("the machine has run for a second");
                io.block_on(ear.listen()).expect("an answer");
                (ear.beside == expected).then_some(())
            });
        }
    }

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
