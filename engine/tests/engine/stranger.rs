//! Another server owns the cell, and this one does not know it yet: what it reads and asks for meanwhile.

use engine::desk::Error;
use engine::id::VariantId;
use engine::inventory::StockRows;
use engine::journal::NotWritten;
use engine::order::Command;
use tokio_postgres::{Client, NoTls};

use crate::shop::{Shop, want};

/// Somebody who writes to the database beside the engine, in a transaction that is open.
fn stranger(shop: &Shop, first: &str) -> Client {
    let (url, first) = (shop.fixture.url().to_owned(), format!("begin; {first}"));
    shop.fixture.block_on(async move {
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("connected");
        tokio::spawn(connection);
        client.batch_execute(&first).await.expect("a superuser may");
        client
    })
}

fn somebody_waits(shop: &Shop) -> bool {
    let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    shop.sql(waits) > 0
}

fn hold(variant: VariantId) -> String {
    let variant = variant.uuid();
    format!(
        "update stock_levels set reserved = reserved + 1 where variant_id = '{variant}';
         insert into stock_holds (variant_id, location_id, order_id, attempt, quantity, state, principal_id)
         select variant_id, location_id, gen_random_uuid(), 1, 1, 'held', gen_random_uuid() from stock_levels
         where variant_id = '{variant}';
         commit"
    )
}

#[test]
fn what_an_actor_wakes_with_is_of_one_moment() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    // It has read the level, and is about to read the holds.
    let other = stranger(&shop, "lock table stock_holds in access exclusive mode");
    let database = shop.fixture.database.clone();
    let loading = shop.fixture.io.handle().spawn(async move { database.load(variant).await });
    shop.wait_until("the holds are asked for", || somebody_waits(&shop));
    shop.fixture.block_on(async move { other.batch_execute(&hold(variant)).await.expect("held by another") });
    let loaded = shop.fixture.block_on(loading).expect("no panic").expect("read");
    let reserved: i64 = loaded.levels.iter().map(|(_, level)| level.reserved).sum();
    let held: i64 = loaded.holds.iter().map(|hold| hold.quantity).sum();
    assert_eq!(reserved, held);
}

#[test]
fn whoever_moves_an_order_that_another_moved_meanwhile_may_try_again() {
    let shop = Shop::open();
    shop.item("CUP", 5);
    let order = shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed").placed.order;
    shop.move_order(order, Command::Confirm).expect("confirmed");
    let packed = format!(
        "insert into order_events (order_id, version, kind, actor, at) values ('{0}', 3, 'packed', 'another', now());
         update orders set status = 'packed', version = 3 where id = '{0}'",
        order.uuid()
    );
    let other = stranger(&shop, &packed);
    let (desk, asked) = (shop.engine.desk().clone(), shop.asked(order));
    let packing = shop.fixture.io.handle().spawn(async move { desk.move_order(asked, Command::Pack).await });
    shop.wait_until("it is in the way of the other", || somebody_waits(&shop));
    shop.fixture.block_on(async move { other.batch_execute("commit").await.expect("packed by another") });
    let refused = shop.fixture.block_on(packing).expect("no panic");
    assert!(matches!(refused, Err(Error::NotWritten(NotWritten::Stale))), "{refused:?}");
    assert!(shop.move_order(order, Command::Pack).expect("it is packed").replayed);
}

/// Ends whoever of the shop waits for a lock, once somebody does.
fn throw_out_who_waits(shop: &Shop) {
    let throw_out = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                     where wait_event_type = 'Lock' and datname = current_database()";
    shop.wait_until("somebody waits", || shop.sql(throw_out) > 0);
}

#[test]
fn an_order_that_was_moved_and_cannot_be_read_is_not_said_to_be_where_it_was() {
    let shop = Shop::open();
    shop.item("CUP", 5);
    let order = shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed").placed.order;
    let in_the_way = shop.hold_commits_up();
    let (desk, asked) = (shop.engine.desk().clone(), shop.asked(order));
    let confirming = shop.fixture.io.handle().spawn(async move { desk.move_order(asked, Command::Confirm).await });
    shop.wait_until("it is sent", || shop.commit_waits());
    // Lines are read with an order, and never written when it moves.
    let other = stranger(&shop, "lock table order_lines in access exclusive mode");
    drop(in_the_way);
    shop.wait_until("it is durable", || {
        shop.sql(&format!("select count(*) from orders where id = '{}' and status = 'confirmed'", order.uuid())) > 0
    });
    throw_out_who_waits(&shop);
    let told = shop.fixture.block_on(confirming).expect("no panic");
    assert!(matches!(told, Err(Error::NotWritten(NotWritten::Unknown))), "{told:?}");
    drop(other);
    // Connections that were ended are found out one by one.
    shop.wait_until("whoever asks again learns it", || {
        shop.move_order(order, Command::Confirm).is_ok_and(|moved| moved.replayed)
    });
}
