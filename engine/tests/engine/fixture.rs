//! What a test of the engine stands on: a migrated database, a clock that it moves, ids that repeat, and the I/O runtime.

use std::sync::Arc;

use chrono::DateTime;
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
    pub(crate) fn new() -> Self {
        Self::on(TestDatabase::migrated())
    }

    /// It is 2026-01-01 12:00:00 UTC.
    pub(crate) fn on(own: TestDatabase) -> Self {
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

    /// Of the superuser: what the journal connects with.
    pub(crate) fn url(&self) -> &str {
        self.own.url()
    }

    /// Waits until what was committed up to now can be heard: transactions of the other tests' databases hold the outbox
    /// back as well, for transactions are counted over the whole server.
    pub(crate) fn let_outbox_settle(&self) {
        #[derive(diesel::QueryableByName)]
        struct Settled {
            #[diesel(sql_type = diesel::sql_types::Bool)]
            settled: bool,
        }
        let look = async || {
            let sql = "select not exists (select from outbox where xid >= pg_snapshot_xmin(pg_current_snapshot())) as settled";
            let mut connection = self.database.connection().await.expect("a connection");
            diesel::sql_query(sql).get_result::<Settled>(&mut connection).await.expect("an answer").settled
        };
        testdb::eventually("the transactions of others", || self.block_on(look()).then_some(()));
    }

    pub(crate) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.io.block_on(work)
    }
}
