//! Orders that move: paid, cancelled, expired, returned; the stock moves with them, once.

use chrono::TimeDelta;
use engine::Settings;
use engine::audit::Actor;
use engine::checkout::{self, Placed};
use engine::desk::{Asked, By, Error, Order};
use engine::id::OrderId;
use engine::order::{Command, PaymentMethod, PaymentStatus, Status};

use crate::fixture::Fixture;
use crate::shop::{Shop, buyer, place_error, settings, want};

fn placed(shop: &Shop, who: u64, key: &str, quantity: i64) -> std::sync::Arc<Placed> {
    shop.place(shop.buy(who, key, &[want("CUP", quantity)])).expect("placed").placed
}

fn expire(shop: &Shop) -> usize {
    shop.fixture.block_on(shop.engine.expiry().turn()).expect("a turn")
}

#[test]
fn an_order_goes_from_payment_to_the_door() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let order = placed(&shop, 1, "a", 2).order;
    let paid = shop.move_order(order, Command::Confirm).expect("confirmed").order;
    assert_eq!((paid.state.status, paid.state.payment), (Status::Confirmed, PaymentStatus::Paid));
    assert_eq!(paid.expires_at, None);
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved), (3, 0));
    shop.move_order(order, Command::Pack).expect("packed");
    let ship = Command::Ship { carrier: "Post".to_owned(), tracking: Some("T1".to_owned()) };
    let shipped = shop.move_order(order, ship).expect("shipped").order;
    assert_eq!(shipped.progress.tracking.as_deref(), Some("T1"));
    let done = shop.move_order(order, Command::Deliver).expect("delivered").order;
    assert_eq!((done.state.status, done.version), (Status::Delivered, 5));
    let again = shop.move_order(order, Command::Confirm).expect("already");
    assert!(again.replayed);
    assert!(matches!(shop.move_order(order, Command::Cancel { reason: None }), Err(Error::Order(_))));
    shop.assert_books_balance();
}

#[test]
fn a_cancelled_order_gives_its_goods_back_exactly_once() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let unpaid = placed(&shop, 1, "a", 2).order;
    let paid = placed(&shop, 2, "b", 1).order;
    shop.move_order(paid, Command::Confirm).expect("confirmed");
    for order in [unpaid, paid] {
        let desk = shop.engine.desk().clone();
        let asked = Asked { order: Order::Id(order), principal: None, version: None, by: By::Buyer, call: None };
        let outcomes = shop.fixture.block_on(async {
            let tasks: Vec<_> = (0..20)
                .map(|_| {
                    let (desk, asked) = (desk.clone(), asked.clone());
                    tokio::spawn(async move { desk.move_order(asked, Command::Cancel { reason: None }).await })
                })
                .collect();
            let mut outcomes = Vec::new();
            for task in tasks {
                outcomes.push(task.await.expect("no panic").expect("cancelled").replayed);
            }
            outcomes
        });
        assert_eq!(outcomes.iter().filter(|replayed| !**replayed).count(), 1);
    }
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved), (5, 0));
    shop.assert_books_balance();
}

#[test]
fn what_a_buyer_writes_stays_with_the_order() {
    let shop = Shop::open();
    shop.item("CUP", 5);
    let (unpaid, paid) = (placed(&shop, 1, "a", 2).order, placed(&shop, 2, "b", 1).order);
    shop.move_order(paid, Command::Confirm).expect("confirmed");
    for order in [unpaid, paid] {
        let cancel = Command::Cancel { reason: Some("I am Ann of 12 MG Road".to_owned()) };
        let cancelled = shop.move_order(order, cancel).expect("cancelled").order;
        assert_eq!(cancelled.progress.cancel_reason.as_deref(), Some("I am Ann of 12 MG Road"));
    }
    let rows = |which: &str| {
        shop.fixture
            .own
            .number(format!("select count(*) from stock_ledger where kind in ('release', 'return') and {which}"))
    };
    assert_eq!((rows("reason = 'cancelled'"), rows("reason <> 'cancelled'")), (2, 0));
}

#[test]
fn an_unpaid_order_ends_in_its_time_and_its_goods_are_sold_to_the_next() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 1);
    let order = placed(&shop, 1, "a", 1).order;
    shop.fixture.clock.advance(TimeDelta::seconds(899));
    assert_eq!(expire(&shop), 0);
    shop.fixture.clock.advance(TimeDelta::seconds(1));
    assert_eq!(expire(&shop), 1);
    assert_eq!(expire(&shop), 0);
    let found = shop.fixture.block_on(shop.engine.desk().find(Order::Id(order))).expect("found");
    assert_eq!(found.state.status, Status::Expired);
    assert_eq!(shop.level(variant).reserved, 0);
    placed(&shop, 2, "b", 1);
    assert!(matches!(shop.move_order(order, Command::Confirm), Err(Error::Order(_))));
    shop.assert_books_balance();
}

#[test]
fn confirm_and_expire_at_once_have_one_winner() {
    let shop = Shop::open();
    shop.item("CUP", 40);
    let orders: Vec<OrderId> = (0..40).map(|who| placed(&shop, who, "a", 1).order).collect();
    shop.fixture.clock.advance(TimeDelta::minutes(15));
    shop.fixture.block_on(async {
        let expiry = shop.engine.expiry();
        let sweeping = tokio::spawn(async move { expiry.turn().await });
        for order in &orders {
            let asked = Asked {
                order: Order::Id(*order),
                principal: None,
                version: None,
                by: By::Staff(Actor::OPERATOR),
                call: None,
            };
            match shop.engine.desk().move_order(asked, Command::Confirm).await {
                Ok(_) | Err(Error::Order(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        sweeping.await.expect("no panic").expect("a turn");
    });
    shop.assert_books_balance();
}

#[test]
fn a_hold_can_be_extended_within_what_the_shop_allows() {
    let shop = Shop::open();
    shop.item("CUP", 1);
    let order = placed(&shop, 1, "a", 1).order;
    let asked = Asked { order: Order::Id(order), principal: Some(buyer(1)), version: None, by: By::Buyer, call: None };
    let extend = |ttl_s| shop.fixture.block_on(shop.engine.desk().extend(asked.clone(), ttl_s));
    for too_long in [86_401, i64::MAX, 0, i64::MIN] {
        assert!(matches!(extend(too_long), Err(Error::HoldTooLong { .. })), "{too_long}");
    }
    let extended = extend(3600).expect("extended").order;
    assert_eq!(extended.expires_at, Some(shop.now() + TimeDelta::hours(1)));
    shop.fixture.clock.advance(TimeDelta::minutes(16));
    assert_eq!(expire(&shop), 0);
    shop.fixture.clock.advance(TimeDelta::minutes(45));
    assert_eq!(expire(&shop), 1);
    assert!(matches!(extend(3600), Err(Error::HoldExpired)));
    shop.assert_books_balance();
}

#[test]
fn returned_goods_go_back_on_the_shelf_or_not_as_the_shop_says() {
    let shop = Shop::open();
    let variant = shop.limited("CUP", 5, 2);
    let mut orders = Vec::new();
    for who in [1, 2] {
        let mut request = shop.buy(who, "a", &[want("CUP", 2)]);
        request.payment_method = PaymentMethod::CashOnDelivery;
        let order = shop.place(request).expect("placed").placed.order;
        shop.move_order(order, Command::Pack).expect("packed");
        shop.move_order(order, Command::Ship { carrier: "Post".to_owned(), tracking: None }).expect("shipped");
        orders.push(order);
    }
    shop.move_order(orders[0], Command::Return { restock: true }).expect("returned");
    shop.move_order(orders[1], Command::Return { restock: false }).expect("returned");
    assert_eq!(shop.level(variant).on_hand, 3);
    shop.assert_books_balance();
}

#[test]
fn an_order_exists_for_its_buyer_alone() {
    let shop = Shop::open();
    shop.item("CUP", 1);
    let order = placed(&shop, 1, "a", 1).order;
    let asked = |who, version| Asked {
        order: Order::Id(order),
        principal: Some(buyer(who)),
        version,
        by: By::Buyer,
        call: None,
    };
    let cancel = |asked| shop.fixture.block_on(shop.engine.desk().move_order(asked, Command::Cancel { reason: None }));
    assert!(matches!(cancel(asked(2, None)), Err(Error::NotFound)));
    assert!(matches!(cancel(asked(1, Some(7))), Err(Error::VersionConflict { current: 1 })));
    cancel(asked(1, Some(1))).expect("its own");
}

#[test]
fn an_actor_that_does_not_know_a_hold_is_read_anew() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let order = placed(&shop, 1, "a", 2).order;
    // From here on, the rows say another thing than the actor remembers.
    shop.sql(&format!(
        "with changed as (update stock_holds set attempt = 2 where order_id = '{}' returning 1) select count(*) from changed",
        order.uuid()
    ));
    let cancelled = shop.move_order(order, Command::Cancel { reason: None }).expect("cancelled").order;
    assert_eq!(cancelled.state.status, Status::Cancelled);
    assert_eq!(shop.level(variant).reserved, 0);
    shop.assert_books_balance();
}

#[test]
fn an_order_moves_along_even_when_no_seat_is_left() {
    let shop = Shop::open_on(Fixture::new(), Settings { journal_seats: 1, ..settings() });
    let variant = shop.item("CUP", 5);
    let order = placed(&shop, 1, "a", 1).order;
    let in_the_way = shop.hold_commits_up();
    let next = shop.buy(2, "b", &[want("CUP", 1)]);
    let checkout = shop.engine.checkout().clone();
    let next = shop.fixture.io.handle().spawn(async move { checkout.place(next).await });
    shop.wait_until("it has the only seat", || shop.commit_waits());
    let (desk, asked) = (shop.engine.desk().clone(), shop.asked(order));
    let confirming = shop.fixture.io.handle().spawn(async move { desk.move_order(asked, Command::Confirm).await });
    let refused = shop.place(shop.buy(3, "c", &[want("CUP", 1)]));
    assert!(matches!(place_error(refused), checkout::Error::Busy), "who wants to buy needs a seat");
    drop(in_the_way);
    let confirmed = shop.fixture.block_on(confirming).expect("no panic").expect("confirmed");
    assert_eq!(confirmed.order.state.status, Status::Confirmed);
    shop.fixture.block_on(next).expect("no panic").expect("placed");
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved), (4, 1));
    shop.assert_books_balance();
}
