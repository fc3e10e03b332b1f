//! The outbox over PostgreSQL: nothing is heard before it is committed, nothing is skipped, nothing goes before all have
//! read it.

use std::sync::mpsc;
use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use engine::catalog::{Catalog, Sku, VariantPatch};
use engine::clock::{Clock, SystemClock};
use engine::id::StoreId;
use engine::money::{Currency, Money};
use engine::outbox::{Outbox, Position, follow};
use serde_json::json;

use crate::fixture::Fixture;
use crate::shop::Shop;

const TOPICS: &[&str] = &["a", "b"];

fn outbox(fixture: &Fixture) -> Outbox {
    Outbox::new(fixture.database.clone())
}

fn publish(fixture: &Fixture, topic: &'static str, number: i32) {
    fixture.block_on(outbox(fixture).publish(StoreId::MAIN, topic, json!(number))).expect("an event");
}

/// The payloads after `after`, and where that ends.
fn read(fixture: &Fixture, after: Position, limit: usize) -> (Vec<i64>, Position, bool) {
    fixture.let_outbox_settle();
    let stretch = fixture.block_on(outbox(fixture).read(TOPICS, after, limit)).expect("a stretch");
    let payloads = stretch.events.iter().map(|event| event.payload.as_i64().expect("a number")).collect();
    (payloads, stretch.reached, stretch.more)
}

#[test]
fn events_come_in_order_each_once_and_of_the_wanted_topics() {
    let fixture = Fixture::new();
    for (topic, number) in [("a", 1), ("b", 2), ("c", 3), ("a", 4), ("a", 5)] {
        publish(&fixture, topic, number);
    }
    let (first, reached, more) = read(&fixture, Position::default(), 2);
    assert_eq!((first, more), (vec![1, 2], true));
    let (second, reached, more) = read(&fixture, reached, 2);
    assert_eq!((second, more), (vec![4, 5], true));
    let (nothing, reached, more) = read(&fixture, reached, 2);
    assert_eq!((nothing, more), (vec![], false));
    publish(&fixture, "b", 6);
    assert_eq!(read(&fixture, reached, 2).0, [6]);
}

#[test]
fn a_transaction_that_commits_late_is_not_skipped() {
    let fixture = Fixture::new();
    let insert = |number: i32| {
        format!("insert into outbox (store_id, topic, payload) values ('{}', 'a', '{number}')", StoreId::MAIN.uuid())
    };
    let slow = AsyncPgConnection::establish(fixture.url());
    let mut slow = fixture.block_on(slow).expect("a connection");
    fixture.block_on(slow.batch_execute(&format!("begin; {}", insert(1)))).expect("begun first");
    publish(&fixture, "a", 2);
    let held_back = fixture.block_on(outbox(&fixture).read(TOPICS, Position::default(), 10)).expect("a stretch");
    assert!(held_back.events.is_empty() && !held_back.more, "{held_back:?}");
    fixture.block_on(slow.batch_execute("commit")).expect("committed");
    assert_eq!(read(&fixture, held_back.reached, 10).0, [1, 2]);
}

#[test]
fn what_is_rolled_back_is_never_heard() {
    let fixture = Fixture::new();
    fixture.own.sql(format!(
        "begin; insert into outbox (store_id, topic, payload) values ('{}', 'a', '1'); rollback",
        StoreId::MAIN.uuid()
    ));
    publish(&fixture, "a", 2);
    assert_eq!(read(&fixture, Position::default(), 10).0, [2]);
}

#[test]
fn rows_go_when_they_are_old_and_all_consumers_have_passed() {
    let fixture = Fixture::new();
    let outbox = outbox(&fixture);
    publish(&fixture, "a", 1);
    let (_, passed, _) = read(&fixture, Position::default(), 1);
    publish(&fixture, "a", 2);
    let save = |consumer, position| fixture.block_on(outbox.save_cursor(consumer, position)).expect("saved");
    let prune = |before| fixture.block_on(outbox.prune(before)).expect("pruned");
    let later = SystemClock.now() + chrono::TimeDelta::hours(1);

    save("quick", fixture.block_on(outbox.horizon()).expect("a position"));
    save("slow", Position::default());
    assert_eq!(prune(later), 0, "the slow one has read nothing");
    save("slow", passed);
    assert_eq!(prune(SystemClock.now() - chrono::TimeDelta::hours(1)), 0, "nothing is that old");
    assert_eq!(prune(later), 1);
    assert_eq!(read(&fixture, Position::default(), 10).0, [2]);
    assert_eq!(fixture.block_on(outbox.cursor("slow")).expect("a cursor"), Some(passed));
    assert_eq!(fixture.block_on(outbox.cursor("stranger")).expect("no cursor"), None);
}

#[test]
fn who_was_not_heard_of_for_days_holds_nothing_up() {
    let fixture = Fixture::new();
    let outbox = outbox(&fixture);
    publish(&fixture, "a", 1);
    let save = |consumer, position| fixture.block_on(outbox.save_cursor(consumer, position)).expect("saved");
    save("here", read(&fixture, Position::default(), 1).1);
    save("gone", Position::default());
    let later = SystemClock.now() + chrono::TimeDelta::hours(1);
    let prune = || fixture.block_on(outbox.prune(later)).expect("pruned");
    fixture.own.sql("update outbox_cursors set updated_at = now() - interval '71 hours' where consumer = 'gone'");
    assert_eq!(prune(), 0, "it may come back");
    fixture.own.sql("update outbox_cursors set updated_at = now() - interval '73 hours' where consumer = 'gone'");
    assert_eq!(prune(), 1);
    assert_eq!(fixture.block_on(outbox.cursor("gone")).expect("an answer"), None, "it has to begin anew");
    assert!(fixture.block_on(outbox.cursor("here")).expect("an answer").is_some());
}

#[test]
fn a_follower_hears_what_happens_after_its_start() {
    let fixture = Fixture::new();
    publish(&fixture, "a", 1);
    let (_, start, _) = read(&fixture, Position::default(), 10);
    publish(&fixture, "b", 2);
    let (tell, told) = mpsc::channel();
    let following = follow(outbox(&fixture), TOPICS, start, Duration::from_millis(5), move |event| {
        tell.send(event.payload.as_i64()).expect("the test listens");
    });
    assert_eq!(told.recv(), Ok(Some(2)));
    publish(&fixture, "c", 3);
    publish(&fixture, "a", 4);
    assert_eq!(told.recv(), Ok(Some(4)));
    following.abort();
}

#[test]
fn an_open_engine_hears_what_another_process_changed() {
    let shop = Shop::open();
    let variant = shop.item("LAMP", 0);
    shop.fixture.block_on(shop.engine.start_hearing()).expect("it listens");
    let sku = Sku::parse("LAMP").expect("a SKU");
    let price = || {
        let offer = shop.fixture.block_on(shop.engine.offers().get_one(StoreId::MAIN, &sku)).expect("an answer");
        offer.expect("an offer").price.price_minor
    };
    assert_eq!(price(), 900);
    let fixture = &shop.fixture;
    let elsewhere = Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone());
    let patch = VariantPatch { price: Some(Money::new(500, Currency::INR)), ..VariantPatch::default() };
    shop.fixture.block_on(elsewhere.change_variant(StoreId::MAIN, variant, 1, patch)).expect("a change");
    testdb::eventually("the new price", || (price() == 500).then_some(()));
}
