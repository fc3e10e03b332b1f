//! What a test of this crate stands on: a migrated database, a clock that it moves, ids that repeat, and the I/O runtime.

use std::sync::Arc;

use chrono::DateTime;
use engine::clock::{CountedIds, ManualClock};
use engine::postgres::Database;
use testdb::{Io, TestDatabase};

/// Dropped in this order: the pool, what still runs, the database.
pub(crate) struct Fixture {
    pub(crate) database: Database,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<CountedIds>,
    pub(crate) io: Io,
    _own: TestDatabase,
}

impl Fixture {
    /// It is 2026-01-01 12:00:00 UTC.
    pub(crate) fn new() -> Self {
        let own = TestDatabase::migrated();
        let io = Io::start();
        let noon = DateTime::from_timestamp(1_767_268_800, 0).expect("a time that exists");
        Self {
            database: Database::new(own.url(), 8, io.handle().clone()),
            clock: Arc::new(ManualClock::at(noon)),
            ids: Arc::new(CountedIds::lane(1)),
            io,
            _own: own,
        }
    }

    pub(crate) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.io.block_on(work)
    }
}
