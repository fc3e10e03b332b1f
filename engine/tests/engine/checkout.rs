//! Placing orders against a real database: exactly what is there is sold, once, whole, and to those who were told so.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use engine::cart::Owner;
use engine::catalog::VariantDraft;
use engine::checkout::{Answer, Basket, Error, PlaceOrder};
use engine::clock::Clock;
use engine::id::StoreId;
use engine::money::{Currency, Money};
use engine::order::{PaymentMethod, PaymentStatus, Status};

use crate::shop::{Shop, buyer, place_error, want};

#[test]
fn an_order_is_placed_with_what_it_cost_and_holds_its_goods() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let Answer { placed, replayed } = shop.place(shop.buy(1, "a", &[want("CUP", 2)])).expect("placed");
    assert!(!replayed);
    assert_eq!(placed.state.status, Status::PaymentPending);
    assert_eq!(placed.totals.grand_minor, 1800 + 4900, "two at 9.00, and shipping");
    assert_eq!(placed.lines[0].seq, 2, "the second change of this account");
    assert_eq!(placed.expires_at, Some(shop.now() + TimeDelta::minutes(15)));
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved, level.seq), (5, 2, 2));
    shop.assert_books_balance();
}

#[test]
fn a_hundred_units_make_a_hundred_orders_however_many_want_them() {
    let shop = Shop::open();
    let variant = shop.item("HOT", 100);
    let requests = (0..1000).map(|who| shop.buy(who, "k", &[want("HOT", 1)])).collect();
    let answers = shop.place_all(requests);
    let sold = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(sold, 100);
    for answer in answers {
        if let Err(error) = answer {
            assert!(matches!(&error, Error::OutOfStock { items } if items[0].available == 0), "{error:?}");
        }
    }
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved), (100, 100));
    shop.assert_books_balance();
}

#[test]
fn an_order_is_placed_whole_or_not_at_all() {
    let shop = Shop::open();
    let many = shop.item("MANY", 1000);
    let few = shop.item("FEW", 7);
    // Half of them name the lines in the other order: nobody waits for each other.
    let requests = (0..100)
        .map(|who| {
            let mut wants = vec![want("MANY", 1), want("FEW", 1)];
            if who % 2 == 1 {
                wants.reverse();
            }
            shop.buy(who, "k", &wants)
        })
        .collect();
    let sold = shop.place_all(requests).into_iter().filter(Result::is_ok).count();
    assert_eq!(sold, 7);
    assert_eq!(shop.level(few).reserved, 7);
    assert_eq!(shop.level(many).reserved, 7);
    shop.assert_books_balance();
}

#[test]
fn two_lines_of_one_sku_are_one_demand() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 3);
    let error = place_error(shop.place(shop.buy(1, "a", &[want("CUP", 2), want("CUP", 2)])));
    assert!(matches!(&error, Error::OutOfStock { items } if items[0].requested == 4), "{error:?}");
    let placed = shop.place(shop.buy(1, "b", &[want("CUP", 2), want("CUP", 1)])).expect("placed").placed;
    assert_eq!(placed.lines.len(), 2);
    assert_eq!(placed.lines[0].seq, placed.lines[1].seq);
    assert_eq!(shop.level(variant).reserved, 3);
    shop.assert_books_balance();
}

#[test]
fn one_key_is_one_order_however_often_it_is_sent() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 50);
    let requests = (0..50).map(|_| shop.buy(1, "same", &[want("CUP", 1)])).collect();
    let answers = shop.place_all(requests);
    let numbers: BTreeSet<_> = answers.iter().flatten().map(|answer| answer.placed.number).collect();
    assert_eq!(numbers.len(), 1);
    assert_eq!(answers.iter().flatten().filter(|answer| !answer.replayed).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Error::KeyInFlight))));
    assert_eq!(shop.level(variant).reserved, 1);
    let other = place_error(shop.place(shop.buy(1, "same", &[want("CUP", 2)])));
    assert!(matches!(other, Error::KeyReused), "{other:?}");
    let another = shop.place(shop.buy(2, "same", &[want("CUP", 1)])).expect("another buyer's key is another key");
    assert!(!another.replayed);
}

#[test]
fn the_winner_of_the_last_unit_is_told_so_again_after_a_restart() {
    let shop = Shop::open();
    shop.item("LAST", 1);
    let first = shop.place(shop.buy(1, "k", &[want("LAST", 1)])).expect("placed").placed;
    let shop = shop.reopen();
    let again = shop.place(shop.buy(1, "k", &[want("LAST", 1)])).expect("not told that it is sold out");
    assert!(again.replayed);
    assert_eq!(*again.placed, *first);
    let other = place_error(shop.place(shop.buy(2, "k", &[want("LAST", 1)])));
    assert!(matches!(other, Error::OutOfStock { .. }), "{other:?}");
}

#[test]
fn a_refused_attempt_stays_refused_for_a_while() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 1);
    let winner = shop.place(shop.buy(1, "w", &[want("CUP", 1)])).expect("placed").placed;
    let refused = shop.buy(2, "r", &[want("CUP", 1)]);
    assert!(matches!(place_error(shop.place(refused.clone())), Error::OutOfStock { .. }));
    shop.move_order(winner.order, engine::order::Command::Cancel { reason: None }).expect("cancelled");
    assert_eq!(shop.level(variant).reserved, 0);
    assert!(matches!(place_error(shop.place(refused)), Error::OutOfStock { .. }), "the same request, told again");
    shop.place(shop.buy(2, "new", &[want("CUP", 1)])).expect("a new request finds it");
}

#[test]
fn a_purchase_limit_holds_over_all_orders_of_a_buyer() {
    let shop = Shop::open();
    let variant = shop.limited("DROP", 100, 2);
    let requests = (0..20).map(|n| shop.buy(1, &format!("k{n}"), &[want("DROP", 1)])).collect();
    let answers = shop.place_all(requests);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
    assert!(answers.iter().all(|a| matches!(a, Ok(_) | Err(Error::LimitReached { limit: 2, already: 2, .. }))));
    shop.place(shop.buy(2, "k", &[want("DROP", 2)])).expect("another buyer");
    assert_eq!(shop.level(variant).reserved, 4);
    let shop = shop.reopen();
    assert!(matches!(place_error(shop.place(shop.buy(1, "later", &[want("DROP", 1)]))), Error::LimitReached { .. }));
    shop.assert_books_balance();
}

#[test]
fn cash_on_delivery_is_sold_at_once() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 3);
    let mut request = shop.buy(1, "a", &[want("CUP", 2)]);
    request.payment_method = PaymentMethod::CashOnDelivery;
    let placed = shop.place(request).expect("placed").placed;
    assert_eq!(placed.state.status, Status::Confirmed);
    assert_eq!(placed.state.payment, PaymentStatus::CashOnDelivery);
    assert_eq!(placed.expires_at, None);
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved), (1, 0));
    shop.assert_books_balance();
}

#[test]
fn the_price_that_was_expected_is_the_price_charged_or_nothing_is() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 3);
    let mut request = shop.buy(1, "a", &[want("CUP", 1)]);
    request.expected_total = Money::new(1, Currency::INR);
    assert!(matches!(place_error(shop.place(request)), Error::PriceChanged { .. }));
    let mut request = shop.buy(1, "b", &[want("CUP", 1)]);
    request.quote_valid_until = Some(shop.now() - TimeDelta::seconds(1));
    assert!(matches!(place_error(shop.place(request)), Error::QuoteExpired));
    assert_eq!(shop.level(variant).reserved, 0);
}

#[test]
fn nothing_is_sold_before_it_opens() {
    let shop = Shop::open();
    let opens_at = shop.now() + TimeDelta::minutes(1);
    let draft =
        VariantDraft { on_sale_from: Some(opens_at), ..VariantDraft::new("SOON", Money::new(900, Currency::INR)) };
    shop.item_with(draft, 5);
    let early = place_error(shop.place(shop.buy(1, "a", &[want("SOON", 1)])));
    assert!(matches!(&early, Error::NotOnSaleYet { opens_at: at, .. } if *at == opens_at), "{early:?}");
    shop.fixture.clock.advance(TimeDelta::minutes(1));
    assert_eq!(shop.fixture.clock.now(), opens_at);
    shop.place(shop.buy(1, "a", &[want("SOON", 1)])).expect("open now, and the key was not spent");
}

#[test]
fn what_nobody_knows_or_sells_is_refused_by_name() {
    let shop = Shop::open();
    shop.item("CUP", 3);
    let mut request = shop.buy(1, "a", &[want("CUP", 1)]);
    request.basket = Basket::Items(vec![want("CUP", 1), want("NONE", 1)]);
    assert!(matches!(place_error(shop.place(request)), Error::UnknownSku { line: 1, .. }));
    let mut request = shop.buy(1, "b", &[want("CUP", 1)]);
    request.basket = Basket::Items(vec![]);
    assert!(matches!(place_error(shop.place(request)), Error::Empty));
}

fn fill(shop: &Shop, who: u64, sku: &str, quantity: i64) {
    let wanted = want(sku, quantity);
    let owner = Owner { store: StoreId::MAIN, principal: buyer(who) };
    shop.fixture.block_on(shop.engine.cart().add(owner, wanted.sku, wanted.quantity, None)).expect("in the cart");
}

#[test]
fn a_cart_becomes_one_order_and_is_empty_then() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 50);
    fill(&shop, 1, "CUP", 2);
    let mut request = shop.buy(1, "a", &[want("CUP", 2)]);
    request.basket = Basket::Cart;
    // Two tabs, twenty times each, with keys of their own.
    let requests = (0..20).map(|n| PlaceOrder { idempotency_key: format!("k{n}").into(), ..request.clone() }).collect();
    let answers = shop.place_all(requests);
    let placed: Vec<_> = answers.iter().flatten().collect();
    assert_eq!(placed.len(), 1);
    for answer in &answers {
        match answer {
            Ok(_) | Err(Error::CompletionInProgress) => {}
            Err(Error::CartConverted { order }) => assert_eq!(*order, Some(placed[0].placed.number)),
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(shop.level(variant).reserved, 2);
    let owner = Owner { store: StoreId::MAIN, principal: buyer(1) };
    let cart = shop.fixture.block_on(shop.engine.cart().view(owner)).expect("a cart");
    assert!(cart.lines.is_empty());
    assert_eq!((cart.generation, cart.last_order), (1, Some(placed[0].placed.order)));
    fill(&shop, 1, "CUP", 1);
    let mut next = shop.buy(1, "next", &[want("CUP", 1)]);
    next.basket = Basket::Cart;
    shop.place(next).expect("the next generation is another order");
    shop.assert_books_balance();
}

#[test]
fn a_cart_that_could_not_be_bought_is_its_owners_again() {
    let shop = Shop::open();
    shop.item("CUP", 1);
    fill(&shop, 1, "CUP", 2);
    let mut request = shop.buy(1, "a", &[want("CUP", 2)]);
    request.basket = Basket::Cart;
    assert!(matches!(place_error(shop.place(request)), Error::OutOfStock { .. }));
    fill(&shop, 1, "CUP", 3);
    let shop = shop.reopen();
    let owner = Owner { store: StoreId::MAIN, principal: buyer(1) };
    let cart = shop.fixture.block_on(shop.engine.cart().view(owner)).expect("a cart");
    assert_eq!(cart.lines[0].quantity.get(), 5, "and it survives a restart");
}

#[test]
fn nobody_who_has_the_order_is_told_anything_else_however_late_the_repeat() {
    let shop = Shop::open();
    shop.item("CUP", 5);
    let mut request = shop.buy(1, "k", &[want("CUP", 1)]);
    let first = shop.place(request.clone()).expect("placed").placed;
    // Older than what the next start keeps in its filter of known keys.
    shop.fixture.clock.advance(TimeDelta::hours(25));
    let shop = shop.reopen();
    request.expected_total = Money::new(1, Currency::INR);
    let again = shop.place(request).expect("not told that the price has changed");
    assert!(again.replayed);
    assert_eq!(again.placed.number, first.number);
}
