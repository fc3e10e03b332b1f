//! One bundle of a batch is at fault: the others are written, together where that is possible.

use chrono::TimeDelta;
use engine::checkout::{Answer, Error, PlaceOrder};

use crate::shop::{Shop, place_error, settings, want};

/// Places `requests` so that they are sent as one batch, behind an order of its own.
fn in_one_batch(shop: &Shop, requests: Vec<PlaceOrder>) -> Vec<Result<Answer, Error>> {
    let seats = settings().journal_seats;
    let first = shop.buy(90_000, &uuid::Uuid::new_v4().to_string(), &[want("FIRST", 1)]);
    let place = |request| {
        let checkout = shop.engine.checkout().clone();
        shop.fixture.io.handle().spawn(async move { checkout.place(request).await })
    };
    let in_the_way = shop.hold_commits_up();
    let first = place(first);
    shop.wait_until("the first is sent", || shop.commit_waits());
    let expected = requests.len() + 1;
    let orders: Vec<_> = requests.into_iter().map(place).collect();
    shop.wait_until("the others wait behind it", || shop.engine.status().journal.free_seats == seats - expected);
    drop(in_the_way);
    shop.fixture.block_on(async {
        first.await.expect("no panic").expect("placed");
        let mut answers = Vec::new();
        for order in orders {
            answers.push(order.await.expect("no panic"));
        }
        answers
    })
}

#[test]
fn keys_that_memory_did_not_know_are_found_at_once_and_the_rest_is_one_batch() {
    let shop = Shop::open();
    shop.item("FIRST", 9);
    shop.item("CUP", 100);
    let old: Vec<_> = (0..20).map(|who| shop.buy(who, "old", &[want("CUP", 1)])).collect();
    let before: Vec<_> = old.iter().map(|request| shop.place(request.clone()).expect("placed").placed.number).collect();
    // Older than what the next start keeps in its filter of known keys.
    shop.fixture.clock.advance(TimeDelta::hours(25));
    let shop = shop.reopen();
    let new = (100..120).map(|who| shop.buy(who, "new", &[want("CUP", 1)]));
    let requests: Vec<_> = old.into_iter().zip(new).flat_map(|(old, new)| [old, new]).collect();
    shop.place(shop.buy(500, "warm", &[want("CUP", 1), want("FIRST", 1)])).expect("placed");
    let last = shop.sql("select last_batch from cells");
    let answers = in_one_batch(&shop, requests);
    for (index, answer) in answers.into_iter().enumerate() {
        let answer = answer.expect("placed, now or before");
        assert_eq!(answer.replayed, index % 2 == 0);
        if answer.replayed {
            assert_eq!(answer.placed.number, before[index / 2]);
        }
    }
    let batches = shop.sql(&format!("select count(*) from journal_batches where number > {last}"));
    assert_eq!(batches, 2, "the first, and all that were new");
    assert_eq!(shop.sql("select count(*) from orders"), 20 + 1 + 1 + 20);
    shop.assert_books_balance();
}

#[test]
fn only_the_guilty_account_is_stopped_and_for_good_when_reading_it_again_does_not_help() {
    let shop = Shop::open();
    shop.item("FIRST", 9);
    let good = shop.item("GOOD", 50);
    let bad = shop.item("BAD", 50);
    shop.place(shop.buy(1, "warm", &[want("FIRST", 1), want("GOOD", 1), want("BAD", 1)])).expect("placed");
    // The levels agree with memory, the ledger does not: no seq that is read anew helps.
    shop.fixture.own.sql(
        "insert into stock_ledger (variant_id, location_id, seq, batch, kind, on_hand_delta, reserved_delta, at)
         select variant_id, location_id, seq + 1, 1, 'adjust', 0, 0, now() from stock_levels
         where variant_id = (select id from variants where sku = 'BAD')",
    );
    let requests = (10..30).map(|who| match who {
        20 => shop.buy(who, "k", &[want("BAD", 1)]),
        _ => shop.buy(who, "k", &[want("GOOD", 1)]),
    });
    let answers = in_one_batch(&shop, requests.collect());
    for (index, answer) in answers.into_iter().enumerate() {
        match answer {
            Err(Error::Stopped) if index == 10 => {}
            Ok(_) if index != 10 => {}
            other => panic!("{index}: {other:?}"),
        }
    }
    let try_bad = |key| shop.place(shop.buy(40, key, &[want("BAD", 1)]));
    assert!(matches!(place_error(try_bad("again")), Error::Stopped), "read again, and no better");
    shop.fixture.own.sql(
        "delete from stock_ledger l using stock_levels s
         where l.variant_id = s.variant_id and l.location_id = s.location_id and l.seq > s.seq",
    );
    assert!(matches!(place_error(try_bad("mended")), Error::Stopped), "until somebody has looked and started it anew");
    shop.place(shop.buy(41, "k", &[want("GOOD", 1)])).expect("the others sell on");
    let shop = shop.reopen();
    shop.place(shop.buy(42, "k", &[want("BAD", 1)])).expect("mended");
    assert_eq!((shop.level(good).reserved, shop.level(bad).reserved), (21, 2));
    shop.assert_books_balance();
}
