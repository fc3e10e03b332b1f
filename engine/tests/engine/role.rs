//! Nothing writes stock or orders beside the journal: the pool's connections cannot.

use diesel::result::Error;
use diesel_async::RunQueryDsl;

use crate::fixture::Fixture;

/// The message of the refusal, if it is one.
fn refused(fixture: &Fixture, statement: &'static str) -> Option<String> {
    fixture.block_on(async {
        let mut connection = fixture.database.connection().await.expect("a connection");
        match diesel::sql_query(statement).execute(&mut connection).await {
            Ok(_) => None,
            Err(Error::DatabaseError(_, information)) => Some(information.message().to_owned()),
            Err(other) => panic!("{statement}: {other}"),
        }
    })
}

#[test]
fn the_pool_cannot_write_what_the_journal_writes() {
    let fixture = Fixture::new();
    for statement in [
        "update stock_levels set on_hand = 5",
        "insert into stock_levels select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 0, 0, 0",
        "delete from stock_ledger",
        "update stock_holds set state = 'released'",
        "update purchase_limit_usage set used = 0",
        "delete from journal_batches",
        "insert into journal_prunings values (1, 9)",
        "update cells set epoch = epoch + 1",
        "update orders set status = 'confirmed'",
        "delete from order_lines",
        "delete from order_events",
        "update audit_log set actor_kind = 'shop'",
        "delete from audit_log",
        "truncate audit_log",
        "truncate orders",
        "drop table orders",
    ] {
        let refusal = refused(&fixture, statement).unwrap_or_else(|| panic!("not refused: {statement}"));
        assert!(refusal.contains("permission denied") || refusal.contains("must be owner"), "{statement}: {refusal}");
    }
}

#[test]
fn the_pool_reads_all_and_writes_the_rest() {
    let fixture = Fixture::new();
    for statement in [
        "select * from stock_levels, stock_holds, orders, cells",
        "update stores set name = 'Another'",
        "insert into outbox (store_id, topic, payload) select id, 'news', '{}' from stores",
        "create temporary table staged (line text)",
    ] {
        assert_eq!(refused(&fixture, statement), None, "{statement}");
    }
    // A table of a later migration is the shop's without further words.
    fixture.own.sql("create table later (id bigint generated always as identity, word text)");
    assert_eq!(refused(&fixture, "insert into later (word) values ('mine')"), None);
    fixture.own.sql("update cells set epoch = epoch + 1");
}

#[test]
fn nobody_else_takes_people_out_of_orders() {
    let fixture = Fixture::new();
    let may = |role: &str| {
        let query = "select count(*) from pg_proc where proname = 'erase_order_person' and has_function_privilege";
        fixture.own.number(format!("{query}('{role}', oid, 'execute')"))
    };
    assert_eq!((may("public"), may("doorbuster_shop")), (0, 1));
}
