//! The ground: the schema that the migrations make, and the fixture itself.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use engine::clock::{Clock, IdSource};
use engine::postgres::schema::stores;

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
