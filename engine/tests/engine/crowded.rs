//! However many look at the shop, orders are paid, cancelled and expired.

use chrono::TimeDelta;
use engine::desk::{Asked, By, Order};
use engine::id::{LocationId, StoreId};
use engine::idempotency::Call;
use engine::order::{Command, Status};
use engine::postgres::{Database, Lent};

use crate::shop::{Shop, buyer, want};

/// Nobody else can come in over this pool.
fn take_every_connection(shop: &Shop, database: &Database) -> Vec<Lent> {
    let all = shop.fixture.block_on(async {
        let mut all = Vec::new();
        for _ in 0..database.pool_status().size_max {
            all.push(database.connection().await.expect("one is free"));
        }
        all
    });
    let status = database.pool_status();
    assert_eq!((status.in_use, status.idle), (status.size_max, 0), "one is left");
    all
}

#[test]
fn orders_move_while_those_who_look_have_every_connection() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    let placed = |who: u64, key| shop.place(shop.buy(who, key, &[want("CUP", 1)])).expect("placed").placed.order;
    let [paid, unwanted, forgotten] = [placed(1, "a"), placed(2, "b"), placed(3, "c")];
    // Nothing is remembered: what is to be moved has to be read.
    let shop = shop.reopen();
    let lookers = take_every_connection(&shop, &shop.fixture.database);

    let call = Call {
        store: StoreId::MAIN,
        principal: buyer(2),
        route: "POST /orders/{order_no}/cancel",
        key: "cancel".to_owned(),
        fingerprint: [0; 32],
    };
    let asked =
        Asked { order: Order::Id(unwanted), principal: Some(buyer(2)), version: None, by: By::Buyer, call: Some(call) };
    let confirmed = shop.move_order(paid, Command::Confirm).expect("paid").order;
    let cancelled = shop.fixture.block_on(shop.engine.desk().move_order(asked, Command::Cancel { reason: None }));
    shop.fixture.clock.advance(TimeDelta::seconds(901));
    let expired = shop.fixture.block_on(shop.engine.expiry().turn()).expect("a turn");
    assert_eq!(confirmed.state.status, Status::Confirmed);
    assert_eq!(cancelled.expect("cancelled").order.state.status, Status::Cancelled);
    assert_eq!(expired, 1);

    drop(lookers);
    let forgotten = shop.fixture.block_on(shop.engine.find_order(Order::Id(forgotten))).expect("found");
    assert_eq!(forgotten.state.status, Status::Expired);
    let level = shop.level(variant);
    assert_eq!((level.on_hand, level.reserved), (4, 0));
    shop.assert_books_balance();
}

#[test]
fn those_who_look_take_none_of_the_connections_that_orders_have() {
    let shop = Shop::open();
    let cup = shop.item("CUP", 5);
    let placed = shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed").placed.order;
    // Nothing is remembered: what is looked at has to be read.
    let shop = shop.reopen();
    let orders = take_every_connection(&shop, &shop.fixture.database.for_orders());

    let levels = shop.fixture.block_on(shop.engine.inventory().sellable(LocationId::MAIN, &[cup]));
    assert_eq!(levels.expect("levels"), [4]);
    let order = shop.fixture.block_on(shop.engine.find_order(Order::Id(placed))).expect("found");
    assert_eq!(order.state.status, Status::PaymentPending);
    drop(orders);
}
