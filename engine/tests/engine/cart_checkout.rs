//! From a cart to an order: the order consumes the cart's generation, once, and a cart that was not bought is given back.

use engine::cart::{self, Edit, Owner, Refused};
use engine::checkout::{Answer, Basket, Error, PlaceOrder, QuoteRequest};
use engine::id::StoreId;
use engine::money::Money;

use crate::shop::{Shop, buyer, place_error, want};

/// Puts `quantity` of `sku` into the buyer's cart.
fn put(shop: &Shop, who: u64, sku: &str, quantity: i64) {
    let want = want(sku, quantity);
    let adding = shop.engine.cart().add(owner(who), want.sku, want.quantity, None);
    shop.fixture.block_on(adding).expect("kept");
}

fn owner(who: u64) -> Owner {
    Owner { store: StoreId::MAIN, principal: buyer(who) }
}

/// What the buyer's cart is, as `v1 g0: 2 CUP`.
fn seen(shop: &Shop, who: u64) -> String {
    let contents = shop.fixture.block_on(shop.engine.cart().view(owner(who))).expect("looked at");
    let lines: Vec<_> = contents.lines.iter().map(|line| format!("{} {}", line.quantity, line.sku)).collect();
    format!("v{} g{}: {}", contents.version, contents.generation, lines.join(", "))
}

/// A checkout of the buyer's cart at `total`.
fn check_out(shop: &Shop, who: u64, key: &str, total: Money) -> PlaceOrder {
    PlaceOrder {
        basket: Basket::Cart,
        fingerprint: [9; 32],
        expected_total: total,
        ..shop.buy(who, key, &[want("CUP", 1)])
    }
}

/// What the buyer's cart costs now.
fn total(shop: &Shop, who: u64) -> Money {
    let request = QuoteRequest { store: StoreId::MAIN, principal: buyer(who), basket: Basket::Cart };
    let priced = shop.fixture.block_on(shop.engine.checkout().quote(request)).expect("a quote");
    Money::new(priced.quote.totals.grand_minor, priced.quote.currency)
}

#[test]
fn a_cart_becomes_one_order_and_is_empty() {
    let shop = Shop::open();
    let cup = shop.item("CUP", 10);
    shop.item("PLATE", 10);
    put(&shop, 1, "CUP", 2);
    put(&shop, 1, "PLATE", 1);
    let total = total(&shop, 1);
    let Answer { placed, .. } = shop.place(check_out(&shop, 1, "a", total)).expect("placed");
    let lines: Vec<_> = placed.lines.iter().map(|line| (line.sku.as_str(), line.quantity)).collect();
    assert_eq!(lines, [("CUP", 2), ("PLATE", 1)]);
    assert_eq!(shop.level(cup).reserved, 2);
    assert_eq!(seen(&shop, 1), "v3 g1: ");

    let again = shop.place(check_out(&shop, 1, "a", total)).expect("the same answer");
    assert!(again.replayed && again.placed == placed);
    let error = place_error(shop.place(check_out(&shop, 1, "b", total)));
    assert!(matches!(error, Error::CartConverted { order: Some(number) } if number == placed.number), "{error:?}");

    put(&shop, 1, "CUP", 1);
    let shop = shop.reopen();
    assert_eq!(seen(&shop, 1), "v4 g1: 1 CUP");
    let again = shop.place(check_out(&shop, 1, "a", total)).expect("the same answer");
    assert!(again.replayed && again.placed.number == placed.number, "and the new contents are left alone");
    assert_eq!(seen(&shop, 1), "v4 g1: 1 CUP");
    shop.assert_books_balance();
}

#[test]
fn a_cart_that_is_not_bought_is_given_back() {
    let shop = Shop::open();
    let cup = shop.item("CUP", 1);
    let total_of = |who| total(&shop, who);
    let error = place_error(shop.place(check_out(&shop, 1, "a", Money::new(1, engine::money::Currency::INR))));
    assert!(matches!(error, Error::Empty), "{error:?}");

    put(&shop, 1, "CUP", 2);
    let wrong = Money::new(1, engine::money::Currency::INR);
    let error = place_error(shop.place(check_out(&shop, 1, "b", wrong)));
    assert!(matches!(error, Error::PriceChanged { .. }), "{error:?}");
    let error = place_error(shop.place(check_out(&shop, 1, "c", total_of(1))));
    assert!(matches!(error, Error::OutOfStock { .. }), "{error:?}");

    let less = Edit::Change { sku: want("CUP", 1).sku, quantity: want("CUP", 1).quantity };
    shop.fixture.block_on(shop.engine.cart().edit(owner(1), less, Some(1))).expect("it is the buyer's again");
    shop.place(check_out(&shop, 1, "d", total_of(1))).expect("placed");
    assert_eq!((seen(&shop, 1), shop.level(cup).reserved), ("v3 g1: ".to_owned(), 1));
    shop.assert_books_balance();
}

#[test]
fn a_cart_that_is_checked_out_many_times_at_once_is_bought_once() {
    let shop = Shop::open();
    let cup = shop.item("CUP", 1000);
    for who in 0..20 {
        put(&shop, who, "CUP", 1);
    }
    let total = total(&shop, 0);
    let requests: Vec<_> =
        (0..100_u64).map(|number| check_out(&shop, number % 20, &format!("k{number}"), total)).collect();
    let mut bought = 0;
    for answer in shop.place_all(requests) {
        match answer {
            Ok(_) => bought += 1,
            Err(Error::CompletionInProgress | Error::CartConverted { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((bought, shop.level(cup).reserved), (20, 20));
    for who in 0..20 {
        assert_eq!(seen(&shop, who), "v2 g1: ");
    }
    shop.assert_books_balance();
}

#[test]
fn a_cart_that_the_database_knows_otherwise_is_not_bought() {
    let shop = Shop::open();
    let cup = shop.item("CUP", 10);
    put(&shop, 1, "CUP", 2);
    let total = total(&shop, 1);
    // As if an order of another server had consumed it.
    shop.fixture.own.sql("update carts set generation = generation + 1, version = version + 1, lines = '[]'");
    let error = place_error(shop.place(check_out(&shop, 1, "a", total)));
    assert!(matches!(error, Error::Busy), "{error:?}");
    assert_eq!(shop.level(cup).reserved, 0);
    // Asked again, it is known to be empty.
    let error = place_error(shop.place(check_out(&shop, 1, "a", total)));
    assert!(matches!(error, Error::Empty), "{error:?}");
    shop.assert_books_balance();
}

#[test]
fn a_sku_that_was_given_to_another_variant_is_not_bought_from_an_old_cart() {
    let shop = Shop::open();
    let old = shop.item("CUP", 10);
    put(&shop, 1, "CUP", 1);
    let total = total(&shop, 1);
    shop.fixture.own.sql(format!("update variants set sku = 'OLD-CUP' where id = '{}'", old.uuid()));
    let new = shop.item("CUP", 10);
    shop.engine.offers().invalidate_all();
    let error = place_error(shop.place(check_out(&shop, 1, "a", total)));
    assert!(matches!(error, Error::NotForSale { line: 0, .. }), "{error:?}");
    assert_eq!((shop.level(old).reserved, shop.level(new).reserved), (0, 0));
    let refused = shop.fixture.block_on(shop.engine.cart().freeze(owner(1), Some(0))).err().expect("it is at 1");
    assert!(matches!(refused, cart::Error::Refused(Refused::VersionConflict { current: 1 })), "{refused}");
}
