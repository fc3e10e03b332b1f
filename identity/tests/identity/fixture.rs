//! What a test of this crate stands on: a migrated database, a clock that it moves, ids that repeat, and the I/O runtime.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use diesel_async::RunQueryDsl;
use engine::clock::{CountedIds, ManualClock};
use engine::postgres::Database;
use testdb::{Io, TestDatabase};

/// Dropped in this order: the pool, what still runs, the database.
pub(crate) struct Fixture {
    pub(crate) database: Database,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<CountedIds>,
    pub(crate) io: Io,
    pub(crate) own: TestDatabase,
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
            own,
        }
    }

    pub(crate) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.io.block_on(work)
    }

    /// The column `told` of one row.
    pub(crate) fn read(&self, query: &str) -> String {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            told: String,
        }
        self.block_on(async {
            let mut connection = self.database.connection().await.expect("a connection");
            diesel::sql_query(query).get_result::<Row>(&mut connection).await.expect("a row").told
        })
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }
}
