//! Whether there is a sale, for whoever works beside orders: told by the orders in the outbox.

use std::time::{Duration, Instant};

use crate::outbox::{Event, Outbox, Position};
use crate::postgres::DatabaseError;

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

const LISTEN_EVERY: Duration = Duration::from_secs(1);
/// Written by the journal: what became of the orders of a batch.
const ORDERS: &str = "order";
/// So many batches are looked at. A journal whose commits take long has few of them, each of many orders.
const BATCHES_MAX: usize = 50;
/// What became of so many orders in a second is a sale.
const SALE_PER_S: usize = 10;

impl Ear {
    /// Takes it for `beside` until it has listened.
    pub(super) fn new(outbox: Outbox, from: Position, beside: Beside) -> Self {
        Self { outbox, beside, heard: (from, Instant::now()) }
    }

    pub(super) fn beside(&self) -> Beside {
        self.beside
    }

    pub(super) fn take_for(&mut self, beside: Beside) {
        self.beside = beside;
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
    pub(super) fn these(orders: usize, within: Duration) -> Self {
        let seconds = usize::try_from(within.as_secs()).unwrap_or(usize::MAX).max(1);
        // Where more were left unread there is a sale however long ago it began.
        if orders >= SALE_PER_S.saturating_mul(seconds).min(BATCHES_MAX) { Self::Sale } else { Self::Nobody }
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
}
