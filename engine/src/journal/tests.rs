//! The parts of taking the cell that only a database can say are right.

use testdb::{Io, TestDatabase};

use super::link::{Backend, Link};
use super::store::Connection;

async fn is_there(of: &Connection, pid: i32) -> bool {
    of.client().query_opt("select from pg_stat_activity where pid = $1", &[&pid]).await.expect("an answer").is_some()
}

#[test]
fn only_the_very_backend_that_is_meant_is_ended() {
    let (database, io) = (TestDatabase::migrated(), Io::start());
    io.block_on(async {
        let open = async || Connection::open(database.url()).await.expect("a connection");
        let (mine, old) = (open().await, open().await);
        let (stranger, driving) =
            tokio_postgres::connect(database.url(), tokio_postgres::NoTls).await.expect("connected");
        tokio::spawn(driving);
        let own = "select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()";
        let own = stranger.query_one(own, &[]).await.expect("its own row");
        let stranger = Backend { pid: own.get(0), started: own.get(1) };

        assert!(!mine.end(stranger).await.expect("an answer"), "it is no journal's");
        let reused = Backend { pid: old.backend().pid, started: stranger.started };
        assert!(!mine.end(reused).await.expect("an answer"), "its number belonged to another before");
        assert!(is_there(&mine, stranger.pid).await && is_there(&mine, old.backend().pid).await);

        assert!(mine.end(old.backend()).await.expect("an answer"));
    });
}
