//! Orders that staff move; and those that buyers and clocks move, of which the trail does not tell.

use chrono::TimeDelta;
use engine::desk::{Asked, By, Order};
use engine::id::{OrderId, PrincipalId, StoreId};
use engine::idempotency::Call;
use engine::order::Command;
use serde_json::json;
use uuid::Uuid;

use super::{actions, lines_of, machine};
use crate::shop::{Shop, buyer, want};

fn placed(shop: &Shop, who: u64, key: &str) -> OrderId {
    shop.place(shop.buy(who, key, &[want("CUP", 2)])).expect("placed").placed.order
}

fn asked(order: OrderId, call: Option<Call>) -> Asked {
    Asked { order: Order::Id(order), principal: None, version: None, by: By::Staff(machine()), call }
}

fn go(shop: &Shop, asked: Asked, command: Command) -> bool {
    shop.fixture.block_on(shop.engine.desk().move_order(asked, command)).expect("moved").replayed
}

fn actors(shop: &Shop, order: OrderId) -> Vec<String> {
    let events = shop.fixture.block_on(async {
        let mut connection = shop.fixture.database.connection().await.expect("a connection");
        engine::order::store::events(&mut connection, order).await.expect("read")
    });
    events.into_iter().map(|event| event.actor).collect()
}

#[test]
fn each_move_of_staff_leaves_its_line_with_the_stock_it_moved() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 9);
    let order = placed(&shop, 1, "a");
    shop.fixture.block_on(shop.engine.desk().extend(asked(order, None), 1_000)).expect("extended");
    go(&shop, asked(order, None), Command::Confirm);
    go(&shop, asked(order, None), Command::Pack);
    let ship = Command::Ship { carrier: "Post".to_owned(), tracking: Some("T1".to_owned()) };
    go(&shop, asked(order, None), ship);
    go(&shop, asked(order, None), Command::Deliver);
    go(&shop, asked(order, None), Command::Return { restock: true });
    let other = placed(&shop, 2, "b");
    go(&shop, asked(other, None), Command::Cancel { reason: Some("Ann asked for it".to_owned()) });

    let lines = lines_of(&shop.fixture, machine().who);
    let moves = ["extend", "confirm", "pack", "ship", "deliver", "return", "cancel"];
    assert_eq!(actions(&lines), moves.map(|verb| format!("order.{verb}")));
    let number = shop.fixture.block_on(shop.engine.find_order(Order::Id(order))).expect("it is there").number;
    assert!(
        lines[..6].iter().all(|line| (line.subject_kind.as_str(), &line.subject_id) == ("order", &number.to_string()))
    );
    let (before, after) = (lines[1].before.clone().expect("was"), lines[1].after.clone().expect("is"));
    assert_eq!((&before["status"], &after["status"]), (&json!("payment_pending"), &json!("confirmed")));
    let level = |on_hand: i64, reserved: i64, seq: i64| {
        json!([{ "variant": variant, "location": engine::id::LocationId::MAIN,
            "on_hand": on_hand, "reserved": reserved, "seq": seq }])
    };
    assert_eq!((&before["stock"], &after["stock"]), (&level(9, 2, 3), &level(7, 0, 4)));
    assert_eq!(lines[3].after.as_ref().map(|after| after["tracking"].clone()), Some(json!("T1")));
    assert_eq!(lines[6].after.as_ref().map(|after| after["cancel_reason"].clone()), Some(json!("(personal)")));

    // The order's own history tells who it was, too.
    let who = machine().who.to_string();
    assert_eq!(actors(&shop, other), ["buyer", &who]);
    shop.assert_books_balance();
}

#[test]
fn a_move_that_is_repeated_leaves_one_line() {
    let shop = Shop::open();
    shop.item("CUP", 9);
    let order = placed(&shop, 1, "a");
    let call = || {
        Some(Call {
            store: StoreId::MAIN,
            principal: PrincipalId::from_uuid(Uuid::nil()),
            route: "POST /admin/orders/{order_no}/confirm",
            key: "k".to_owned(),
            fingerprint: [1; 32],
        })
    };
    assert!(!go(&shop, asked(order, call()), Command::Confirm));
    assert!(go(&shop, asked(order, call()), Command::Confirm));
    assert!(go(&shop, asked(order, None), Command::Confirm), "it is so already");
    let back = shop.fixture.block_on(shop.engine.desk().move_order(asked(order, None), Command::Deliver));
    assert!(back.is_err(), "it was never shipped");
    assert_eq!(actions(&lines_of(&shop.fixture, machine().who)), ["order.confirm"]);
}

#[test]
fn what_buyers_and_clocks_do_is_told_by_the_orders_history_alone() {
    let shop = Shop::open();
    shop.item("CUP", 9);
    let (cancelled, expired) = (placed(&shop, 1, "a"), placed(&shop, 2, "b"));
    let by_buyer = Asked { by: By::Buyer, principal: Some(buyer(1)), ..asked(cancelled, None) };
    go(&shop, by_buyer, Command::Cancel { reason: None });
    shop.fixture.clock.advance(TimeDelta::seconds(901));
    assert_eq!(shop.fixture.block_on(shop.engine.expiry().turn()).expect("a turn"), 1);
    assert_eq!(shop.sql("select count(*) from audit_log where subject_kind = 'order'"), 0);
    assert_eq!(
        (actors(&shop, cancelled), actors(&shop, expired)),
        (vec!["buyer".into(), "buyer".into()], vec!["buyer".into(), "system".into()])
    );
}
