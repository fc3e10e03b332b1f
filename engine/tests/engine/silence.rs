//! A database that takes what it is sent and says nothing: a stopped process, a disk that hangs. Each on a server of its own.

use std::time::Duration;

use chrono::TimeDelta;
use engine::checkout::Error;
use engine::desk;
use engine::journal::NotWritten;
use engine::money::{Currency, Money};
use engine::order::Command;

use crate::shop::{Shop, place_error, settings, want};

/// Nobody is told anything but the truth, and everybody is told something, while the database is silent.
fn assert_everybody_is_turned_away(shop: &Shop, who: u64) {
    shop.wait_until("its silence is noticed", || !shop.engine.status().journal.database_up);
    shop.wait_until("it no longer speaks for the cell", || !shop.engine.status().speaks_for_the_cell);
    // That these are answered at all, while nothing else is, is what is tested.
    let said = place_error(shop.place(shop.buy(who, "late", &[want("CUP", 1)])));
    assert!(matches!(said, Error::Unavailable(_)), "{said:?}");
    let said = place_error(shop.place(shop.buy(who, "gone", &[want("LAST", 1)])));
    assert!(matches!(said, Error::Unavailable(_)), "sold out is not said from memory: {said:?}");
    let mut otherwise = shop.buy(who, "price", &[want("CUP", 1)]);
    otherwise.expected_total = Money::new(1, Currency::INR);
    let said = place_error(shop.place(otherwise));
    assert!(matches!(said, Error::Unavailable(_)), "nor what it costs: {said:?}");
}

fn open() -> Shop {
    let shop = Shop::on_its_own_server(&[], settings());
    shop.item("CUP", 100);
    shop.item("LAST", 1);
    shop.place(shop.buy(1, "warm", &[want("CUP", 1), want("LAST", 1)])).expect("placed");
    shop
}

#[test]
fn what_was_sent_to_a_silent_database_is_resolved_and_who_waits_behind_it_is_turned_away() {
    let shop = open();
    let place = |who, key: &str| {
        let (checkout, request) = (shop.engine.checkout().clone(), shop.buy(who, key, &[want("CUP", 1)]));
        shop.fixture.io.handle().spawn(async move { checkout.place(request).await })
    };
    let in_the_way = shop.hold_commits_up();
    let sent = place(2, "sent");
    shop.wait_until("it was sent", || shop.commit_waits());
    let behind: Vec<_> = (10..20).map(|who| place(who, "behind")).collect();
    let frozen = shop.fixture.own.freeze();
    assert_everybody_is_turned_away(&shop, 3);
    for order in behind {
        let said = place_error(shop.fixture.block_on(order).expect("no panic"));
        assert!(matches!(said, Error::Unavailable(_)), "it was never sent: {said:?}");
    }
    assert!(!sent.is_finished(), "what was sent is not given up");
    drop(frozen);
    drop(in_the_way);
    let sent = shop.fixture.block_on(sent).expect("no panic").expect("it was sent, and the database goes on");
    shop.wait_until("it speaks for the cell again", || shop.engine.status().speaks_for_the_cell);
    assert!(shop.engine.status().journal.database_up);
    let again = shop.place(shop.buy(2, "sent", &[want("CUP", 1)])).expect("the same order");
    assert_eq!((again.replayed, again.placed.number), (true, sent.placed.number));
    shop.place(shop.buy(10, "behind", &[want("CUP", 1)])).expect("orders flow again");
    assert_eq!(shop.sql("select count(*) from orders"), 3);
    assert!(matches!(place_error(shop.place(shop.buy(3, "gone", &[want("LAST", 1)]))), Error::OutOfStock { .. }));
    shop.assert_books_balance();
}

#[test]
fn the_cell_is_taken_from_a_database_that_fell_silent_when_it_goes_on() {
    let shop = open();
    let epoch = shop.engine.status().journal.epoch;
    let frozen = shop.fixture.own.freeze_after(
        "select pg_terminate_backend(pid, 300) from pg_stat_activity
        where application_name = 'doorbuster journal'",
    );
    assert_everybody_is_turned_away(&shop, 3);
    drop(frozen);
    shop.wait_for_the_cell();
    assert!(shop.engine.status().journal.epoch > epoch, "the cell was taken again");
    shop.place(shop.buy(3, "after", &[want("CUP", 1)])).expect("orders flow again");
    shop.assert_books_balance();
}

#[test]
fn an_engine_ends_also_while_the_database_is_silent() {
    let shop = open();
    let frozen = shop.fixture.own.freeze();
    let engine = shop.engine.clone();
    let closing = shop.fixture.io.handle().spawn(async move { engine.close().await });
    shop.wait_until("it has ended", || closing.is_finished());
    drop(frozen);
}

#[test]
fn who_moves_an_order_meanwhile_is_told_that_the_outcome_is_unknown() {
    let mut short = settings();
    short.checkout.deadline = Duration::from_secs(1);
    let shop = Shop::on_its_own_server(&[], short);
    shop.item("CUP", 5);
    let order = shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed").placed.order;
    let frozen = shop.fixture.own.freeze();
    let (desk, asked) = (shop.engine.desk().clone(), shop.asked(order));
    let moving = shop.fixture.io.handle().spawn(async move { desk.move_order(asked, Command::Confirm).await });
    shop.wait_until("there is an answer", || moving.is_finished());
    let said = shop.fixture.block_on(moving).expect("no panic");
    assert!(matches!(said, Err(desk::Error::NotWritten(NotWritten::Unknown))), "{said:?}");
    drop(frozen);
    shop.wait_for_the_cell();
    shop.wait_until("it is confirmed, by this one or the one before", || {
        shop.move_order(order, Command::Confirm).is_ok()
    });
    shop.assert_books_balance();
}

#[test]
fn holds_that_ran_out_during_an_outage_get_a_minute_and_those_before_it_do_not() {
    let shop = Shop::open();
    shop.item("CUP", 5);
    let expire = || shop.fixture.block_on(shop.engine.expiry().turn()).expect("a turn");
    let mut before = shop.buy(1, "before", &[want("CUP", 1)]);
    before.hold_ttl_s = Some(60);
    shop.place(before).expect("placed");
    shop.place(shop.buy(2, "meanwhile", &[want("CUP", 1)])).expect("placed");
    shop.fixture.clock.advance(TimeDelta::minutes(10));
    // The last sign of life before the outage.
    let mut since = shop.buy(3, "since", &[want("CUP", 1)]);
    since.hold_ttl_s = Some(960);
    shop.place(since).expect("placed");
    shop.with_database_closed(|| {
        shop.wait_until("it is noticed", || !shop.engine.status().journal.database_up);
        shop.fixture.clock.advance(TimeDelta::minutes(14));
    });
    shop.wait_for_the_cell();
    assert_eq!(expire(), 1, "one ran out before anything was wrong");
    shop.fixture.clock.advance(TimeDelta::seconds(59));
    assert_eq!(expire(), 0, "one ran out meanwhile");
    shop.fixture.clock.advance(TimeDelta::seconds(1));
    assert_eq!(expire(), 1, "it had a minute");
    shop.fixture.clock.advance(TimeDelta::minutes(1));
    assert_eq!(expire(), 1, "and one runs out as ever");
    shop.assert_books_balance();
}
