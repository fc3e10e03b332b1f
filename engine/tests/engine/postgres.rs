//! The ground: the schema that the migrations make, and the fixture itself.

use std::sync::Arc;
use std::time::Duration;

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use engine::clock::{Clock, IdSource};
use engine::postgres::schema::stores;
use engine::postgres::{Database, DatabaseError};
use testdb::Proxy;
use tokio::sync::Barrier;

use crate::fixture::Fixture;

#[test]
fn each_test_has_a_migrated_database_of_its_own() {
    let (one, other) = (Fixture::new(), Fixture::new());
    assert_ne!(one.url(), other.url());
    one.own.sql("delete from tax_classes; delete from locations; delete from stores");
    let stores_in = |fixture: &Fixture| {
        fixture.block_on(async {
            let mut connection = fixture.database.connection().await.expect("a connection");
            stores::table.select(count_star()).get_result::<i64>(&mut connection).await.expect("a count")
        })
    };
    assert_eq!(stores_in(&one), 0);
    assert_eq!(stores_in(&other), 1);
    assert_eq!(one.ids.next(one.clock.now()), other.ids.next(other.clock.now()), "ids repeat from run to run");
}

#[test]
fn a_connection_whose_server_is_gone_without_a_word_is_given_up() {
    let fixture = Fixture::new();
    let proxy = Proxy::before(fixture.url());
    let one = Database::new(&proxy.url(fixture.url()), 1, fixture.io.handle().clone());
    let count = || {
        fixture.block_on(one.run_within(Duration::from_secs(1), |mut connection| async move {
            Ok::<i64, DatabaseError>(stores::table.select(count_star()).get_result(&mut connection).await?)
        }))
    };
    assert_eq!(count().expect("a count"), 1);
    proxy.sever();
    assert!(matches!(count(), Err(DatabaseError::Unavailable(_))), "nobody answers over it");
    assert_eq!(count().expect("over another one"), 1, "its place in the pool is free");
}

/// The server believes for hours in a connection whose machine vanished, and keeps its locks.
#[test]
fn the_server_ends_a_transaction_in_which_nobody_says_anything() {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        idle_in_transaction_session_timeout: String,
    }
    let fixture = Fixture::new();
    for pool in [fixture.database.for_all_else(), fixture.database.for_orders()] {
        let shown = fixture.block_on(async {
            let mut connection = pool.connection().await.expect("a connection");
            diesel::sql_query("show idle_in_transaction_session_timeout").get_result::<Row>(&mut connection).await
        });
        assert_eq!(shown.expect("a setting").idle_in_transaction_session_timeout, "10s");
    }
}

#[test]
fn of_two_that_wait_for_each_other_one_is_told_to_come_again() {
    let fixture = Fixture::new();
    let met = Arc::new(Barrier::new(2));
    let locked = |first: i64, then: i64| {
        let met = Arc::clone(&met);
        fixture.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            // Of the transaction, so that whoever is refused leaves them to the other.
            let lock = |number: i64| diesel::sql_query(format!("select pg_advisory_xact_lock({number})"));
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    lock(first).execute(connection).await?;
                    met.wait().await;
                    lock(then).execute(connection).await?;
                    Ok::<_, DatabaseError>(())
                })
                .await
        })
    };
    let (one, other) = fixture.block_on(async { tokio::join!(locked(1, 2), locked(2, 1)) });
    let [refused] = <[_; 1]>::try_from([one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>())
        .expect("one of the two goes on");
    assert!(refused.is_for_later() && !refused.is_no_answer(), "{refused}");
}
