//! The journal against a database that fails it: connections that die, another owner, books that were changed by hand.

use engine::Engine;
use engine::checkout::Error;

use crate::shop::{Shop, settings, want};

/// Ends the journal's own backend, as a crash of it would.
fn kill_journal(shop: &Shop) {
    // The last one may be dead already and the next one not be there yet.
    shop.wait_until("the journal's backend is there to be killed", || {
        shop.sql(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity
             where application_name = 'doorbuster journal' and datname = current_database()",
        ) == 1
    });
}

#[test]
fn a_second_engine_is_told_who_owns_the_cell() {
    let shop = Shop::open();
    let second = shop.fixture.block_on(Engine::open(shop.fixture.database.clone(), settings()));
    let Err(error) = second else { panic!("two engines own one cell") };
    let said = error.to_string();
    assert!(said.contains("owned by") && said.contains(&std::process::id().to_string()), "{said}");
    shop.item("CUP", 1);
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("the first one was not disturbed");
}

#[test]
fn orders_go_on_over_a_connection_that_dies_again_and_again() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 500);
    let epoch = shop.engine.status().journal.epoch;
    let requests: Vec<_> = (0..300).map(|who| shop.buy(who, "k", &[want("CUP", 1)])).collect();
    let mut sold = 0;
    for some in requests.chunks(30) {
        let checkout = shop.engine.checkout().clone();
        let tasks: Vec<_> = some
            .iter()
            .cloned()
            .map(|request| {
                let checkout = checkout.clone();
                shop.fixture.io.handle().spawn(async move { checkout.place(request).await })
            })
            .collect();
        kill_journal(&shop);
        for task in tasks {
            match shop.fixture.block_on(task).expect("no panic") {
                Ok(_) => sold += 1,
                // Told that it was not placed: it must not be there.
                Err(Error::Unavailable(_) | Error::Busy) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        shop.wait_for_the_cell();
    }
    assert!(shop.engine.status().journal.epoch > epoch, "the cell was taken again");
    assert_eq!(shop.sql("select count(*) from orders"), sold);
    assert_eq!(shop.level(variant).reserved, sold);
    shop.assert_books_balance();
}

#[test]
fn an_account_whose_books_were_changed_by_hand_stops_and_is_read_again() {
    let shop = Shop::open();
    let good = shop.item("GOOD", 50);
    let bad = shop.item("BAD", 50);
    shop.place(shop.buy(1, "warm", &[want("GOOD", 1), want("BAD", 1)])).expect("placed");
    shop.sql(
        "with forged as (update stock_levels set seq = seq + 1, on_hand = on_hand - 1
                         where variant_id = (select id from variants where sku = 'BAD') returning *)
         insert into stock_ledger (variant_id, location_id, seq, batch, kind, on_hand_delta, reserved_delta, at)
         select variant_id, location_id, seq, (select last_batch from cells), 'adjust', -1, 0, now() from forged returning 1::bigint",
    );
    let requests =
        (10..20).flat_map(|who| [shop.buy(who, "g", &[want("GOOD", 1)]), shop.buy(who, "b", &[want("BAD", 1)])]);
    let answers = shop.place_all(requests.collect());
    for (index, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(_) | Err(Error::Stopped | Error::Busy) if index % 2 == 1 => {}
            Ok(_) => {}
            Err(error) => panic!("the good account was disturbed: {error:?}"),
        }
    }
    shop.place(shop.buy(30, "after", &[want("BAD", 1)])).expect("read again, and sold on");
    assert_eq!(shop.level(good).reserved, 11);
    assert_eq!(shop.level(bad).on_hand, 49);
    shop.assert_books_balance();
}

#[test]
fn while_the_database_is_away_nothing_is_accepted_and_nothing_is_refused_for_good() {
    let shop = Shop::open();
    shop.item("CUP", 1);
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed");
    let late = shop.buy(2, "b", &[want("CUP", 1)]);
    let early = shop.buy(3, "c", &[want("CUP", 1)]);
    // Nobody may connect, and who is connected is thrown out: what a stopped database looks like.
    shop.with_database_closed(|| {
        shop.wait_until("it no longer speaks for the cell", || !shop.engine.status().speaks_for_the_cell);
        let said = crate::shop::place_error(shop.place(late.clone()));
        assert!(matches!(said, Error::Unavailable(_)), "sold out is not said from memory: {said:?}");
    });
    shop.wait_for_the_cell();
    assert!(matches!(crate::shop::place_error(shop.place(early)), Error::OutOfStock { .. }));
}

#[test]
fn the_books_are_closed_in_order() {
    let shop = Shop::open();
    shop.item("CUP", 5);
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed");
    let shop = shop.reopen();
    assert_eq!(shop.sql("select count(*) from cells where owner is not null"), 1);
    shop.place(shop.buy(1, "b", &[want("CUP", 1)])).expect("placed");
    shop.assert_books_balance();
}

#[test]
fn an_engine_ends_also_while_the_database_is_away() {
    let shop = Shop::open();
    shop.item("CUP", 1);
    shop.with_database_closed(|| {
        shop.wait_until("it no longer speaks for the cell", || !shop.engine.status().speaks_for_the_cell);
        shop.fixture.block_on(shop.engine.close());
    });
}

#[test]
fn a_batch_under_an_epoch_that_is_over_is_not_applied() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let epoch = shop.engine.status().journal.epoch;
    // What a takeover does first: from here on, nothing that was sealed under the old epoch may commit.
    shop.sql("with raised as (update cells set epoch = epoch + 1 returning 1) select count(*) from raised");
    // Nobody knows who raised it, so what rests on memory is not sent again.
    let said = crate::shop::place_error(shop.place(shop.buy(1, "a", &[want("CUP", 1)])));
    assert!(matches!(said, Error::Unavailable(_)), "{said:?}");
    shop.wait_for_the_cell();
    assert_eq!(shop.engine.status().journal.epoch, epoch + 2, "it took the cell again before it wrote");
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed, under an epoch of its own");
    let late = format!("select count(*) from journal_batches where epoch = {epoch} and number > 1");
    assert_eq!(shop.sql(&late), 0);
    assert_eq!(shop.level(variant).reserved, 1);
    shop.assert_books_balance();
}
