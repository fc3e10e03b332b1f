//! Deliveries, corrections, counts and transfers through the journal.

use engine::audit::Subject;
use engine::error::{Coded, ErrorCode};
use engine::id::{LocationId, PrincipalId, StoreId};
use engine::idempotency::Call;
use engine::inventory::{Command, Error, Refused, StockChange};
use uuid::Uuid;

use crate::shop::{Shop, want};

fn adjust(delta: i64) -> Command {
    Command::Adjust { location: LocationId::MAIN, delta, reason: "count".to_owned(), reference: None, received: false }
}

fn count(on_hand: i64, count_version: Option<i64>) -> Command {
    Command::Set { location: LocationId::MAIN, on_hand, safety: None, count_version, reference: None }
}

#[test]
fn a_keyed_adjustment_is_made_once() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let call = |print| Call {
        store: StoreId::MAIN,
        principal: PrincipalId::from_uuid(Uuid::nil()),
        route: "POST /admin/stock/{sku}/adjust",
        key: "k".to_owned(),
        fingerprint: [print; 32],
    };
    let change = |shop: &Shop, print| {
        let change = StockChange { variant, command: adjust(-2) };
        shop.fixture.block_on(shop.engine.stockroom().change(change, Some(call(print))))
    };
    let first = change(&shop, 1).expect("changed");
    let second = change(&shop, 1).expect("answered");
    assert!(!first.replayed && second.replayed);
    assert_eq!(first.seqs, second.seqs);
    assert!(matches!(change(&shop, 2), Err(Error::KeyReused)));
    let shop = shop.reopen();
    assert!(change(&shop, 1).expect("answered").replayed, "also after a restart");
    assert!(matches!(change(&shop, 2), Err(Error::KeyReused)));
    assert_eq!(shop.level(variant).on_hand, 3);
    shop.assert_books_balance();
}

#[test]
fn a_count_compares_its_version_and_never_takes_what_is_promised() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    shop.place(shop.buy(1, "a", &[want("CUP", 3)])).expect("placed");
    let set = |on_hand, version| {
        let change = StockChange { variant, command: count(on_hand, version) };
        shop.fixture.block_on(shop.engine.stockroom().change(change, None))
    };
    assert!(matches!(set(9, Some(4)), Err(Error::Refused(Refused::CountVersion { current: 0, .. }))));
    assert!(matches!(set(2, Some(0)), Err(Error::Refused(Refused::BelowReserved { reserved: 3, asked: 2, .. }))));
    set(9, Some(0)).expect("counted");
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved, level.count_version), (9, 3, 1));
    shop.assert_books_balance();
}

#[test]
fn many_counts_share_a_bundle_and_each_is_answered_for_itself() {
    let shop = Shop::open();
    let variants: Vec<_> = (0..5).map(|n| shop.item(&format!("CUP-{n}"), 1)).collect();
    shop.place(shop.buy(1, "a", &[want("CUP-2", 1)])).expect("placed");
    let sets = variants.iter().map(|variant| StockChange { variant: *variant, command: count(0, None) }).collect();
    let outcomes = shop.fixture.block_on(shop.engine.stockroom().set_many(sets, Subject::new("import", "test")));
    let made: Vec<bool> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(made, [true, true, false, true, true], "one of them is promised");
    shop.assert_books_balance();
}

#[test]
fn counts_come_in_any_order_and_an_account_that_comes_twice_is_refused() {
    let shop = Shop::open();
    let variants: Vec<_> = (0..4).map(|n| shop.item(&format!("CUP-{n}"), 1)).collect();
    let set = |n: usize, on_hand| StockChange { variant: variants[n], command: count(on_hand, None) };
    let sets = vec![set(3, 7), set(1, 5), set(0, 6), set(1, 4), set(2, 8)];
    let outcomes = shop.fixture.block_on(shop.engine.stockroom().set_many(sets, Subject::new("import", "test")));
    let said: Vec<&str> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(()) => "made",
            Err(Error::Twice) => "twice",
            Err(error) => panic!("{error}"),
        })
        .collect();
    assert_eq!(said, ["made", "twice", "made", "twice", "made"]);
    let levels: Vec<i64> = variants.iter().map(|variant| shop.level(*variant).on_hand).collect();
    assert_eq!(levels, [6, 1, 8, 7]);
    shop.assert_books_balance();
}

#[test]
fn a_server_that_was_cut_off_refuses_no_change_from_memory() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let change = |command| {
        let change = StockChange { variant, command };
        shop.fixture.block_on(shop.engine.stockroom().change(change, None))
    };
    assert!(matches!(change(adjust(-9)), Err(Error::Refused(Refused::Insufficient { .. }))));
    shop.with_database_closed(|| {
        shop.wait_until("it no longer speaks for the cell", || !shop.engine.status().speaks_for_the_cell);
        let said = change(adjust(-9)).expect_err("it may have been sold to");
        assert_eq!(said.code(), ErrorCode::Unavailable, "{said}");
        let sets = vec![StockChange { variant, command: count(9, Some(77)) }];
        let said = shop
            .fixture
            .block_on(shop.engine.stockroom().set_many(sets, Subject::new("import", "test")))
            .remove(0)
            .expect_err("likewise");
        assert_eq!(said.code(), ErrorCode::Unavailable, "{said}");
    });
}

#[test]
fn a_transfer_needs_two_places() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let transfer = |to| {
        let command = Command::Transfer { from: LocationId::MAIN, to, quantity: 2, reference: None };
        shop.fixture.block_on(shop.engine.stockroom().change(StockChange { variant, command }, None))
    };
    assert!(matches!(transfer(LocationId::MAIN), Err(Error::Refused(Refused::SameLocation))));
    let annex = shop.location("annex");
    assert_eq!(transfer(annex).expect("moved").seqs, [2, 1]);
    assert_eq!(shop.level(variant).on_hand, 3);
    shop.assert_books_balance();
}
