//! Two servers on one database: one sells, the other stands by.

use std::sync::Arc;

use engine::Engine;
use engine::cart::Owner;
use engine::catalog::Sku;
use engine::checkout::Error;
use engine::clock::{Clock, CountedIds};
use engine::id::{LocationId, StoreId, VariantId};
use engine::inventory::{Command, StockChange};
use engine::postgres::Database;
use engine::quantity::Quantity;

use crate::fixture::Fixture;
use crate::shop::{Shop, buyer, place_error, settings, want};

/// Another server on the same database, with ids of its own.
fn another(fixture: &Fixture, lane: u16) -> Engine {
    let database = Database::new(fixture.url(), 4, fixture.io.handle().clone());
    let clock: Arc<dyn Clock> = fixture.clock.clone();
    let ids = Arc::new(CountedIds::lane(lane));
    let opening = Engine::open_or_stand_by_with(database, settings(), Some(clock), ids);
    fixture.block_on(opening).expect("it stands by")
}

fn sellable(shop: &Shop, engine: &Engine, variant: VariantId) -> i64 {
    shop.fixture.block_on(engine.inventory().sellable(LocationId::MAIN, &[variant])).expect("a level")[0]
}

fn delivery(variant: VariantId, units: i64) -> StockChange {
    let command = Command::Adjust {
        location: LocationId::MAIN,
        delta: units,
        reason: "delivery".to_owned(),
        reference: None,
        received: true,
    };
    StockChange { variant, command }
}

fn receive(shop: &Shop, engine: &Engine, variant: VariantId, units: i64) {
    shop.fixture.block_on(engine.stockroom().change(delivery(variant, units), None)).expect("received");
}

#[test]
fn a_standby_shows_what_is_true_and_neither_sells_nor_refuses() {
    let shop = Shop::open();
    let (cup, lamp) = (shop.item("CUP", 2), shop.item("LAMP", 0));
    let standby = another(&shop.fixture, 2);
    let status = standby.status();
    assert!(standby.stands_by() && status.journal.standing_by && !status.journal.owner);
    assert!(!status.speaks_for_the_cell && status.journal.database_up);

    assert_eq!(sellable(&shop, &standby, cup), 2);
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("the owner sells");
    assert_eq!(sellable(&shop, &standby, cup), 1, "what the owner sold is not remembered otherwise");

    let buy = |who, key, sku| shop.fixture.block_on(standby.checkout().place(shop.buy(who, key, &[want(sku, 1)])));
    for (who, key, sku) in [(2, "b", "CUP"), (3, "c", "LAMP")] {
        let said = place_error(buy(who, key, sku));
        assert!(matches!(said, Error::Unavailable(_)), "{sku}: {said:?}");
    }
    assert!(shop.fixture.block_on(standby.stockroom().change(delivery(lamp, 1), None)).is_err());
    let cart = Owner { store: StoreId::MAIN, principal: buyer(4) };
    assert!(shop.fixture.block_on(standby.cart().view(cart)).is_err(), "the owner keeps the carts");
    assert_eq!(shop.level(cup).reserved, 1);
    shop.fixture.block_on(standby.close());
    shop.place(shop.buy(5, "d", &[want("CUP", 1)])).expect("the owner never noticed");
}

#[test]
fn when_the_owner_closes_the_standby_sells_on_with_everything_the_owner_told() {
    let shop = Shop::open();
    let cup = shop.item("CUP", 2);
    let cart = Owner { store: StoreId::MAIN, principal: buyer(7) };
    let (sku, one) = (Sku::parse("CUP").expect("a SKU"), Quantity::wanted(1).expect("one"));
    shop.fixture.block_on(shop.engine.cart().add(cart, sku, one, None)).expect("put in");
    let standby = another(&shop.fixture, 2);
    let last = shop.buy(1, "last", &[want("CUP", 2)]);
    let placed = shop.place(last.clone()).expect("placed").placed.number;
    let too_late = shop.buy(2, "late", &[want("CUP", 1)]);

    shop.fixture.block_on(shop.engine.close());
    shop.wait_until("the takeover", || standby.status().speaks_for_the_cell);
    assert!(!standby.stands_by());

    let place = |request| shop.fixture.block_on(standby.checkout().place(request));
    let again = place(last).expect("whoever has it is not told that it is sold out");
    assert_eq!((again.replayed, again.placed.number), (true, placed));
    assert!(matches!(place_error(place(too_late)), Error::OutOfStock { .. }), "now it may refuse");
    let contents = shop.fixture.block_on(standby.cart().view(cart)).expect("the cart");
    assert_eq!(contents.lines[0].quantity, one);
    let said = place_error(shop.place(shop.buy(3, "old", &[want("CUP", 1)])));
    assert!(matches!(said, Error::Unavailable(_)), "the old owner: {said:?}");
    assert_eq!(shop.level(cup).reserved, 2);
    receive(&shop, &standby, cup, 3);
    assert_eq!(sellable(&shop, &shop.engine, cup), 3, "what the old owner had in memory is not shown any more");
    shop.fixture.block_on(standby.close());
}

#[test]
fn whoever_closes_has_signed_off_and_lets_the_next_in_without_a_wait() {
    let shop = Shop::open();
    let [signed, locked] = [
        "select count(*) from cells where owner is not null",
        "select count(*) from pg_locks where locktype = 'advisory'
             and database = (select oid from pg_database where datname = current_database())",
    ];
    assert_eq!((shop.sql(signed), shop.sql(locked)), (1, 1), "it owns the cell");
    shop.fixture.block_on(shop.engine.close());
    assert_eq!(shop.sql(signed), 0, "it is not waited for as one that may still answer");
    shop.wait_until("the end of its session", || shop.sql(locked) == 0);
}

#[test]
fn of_several_that_stand_by_one_takes_over_and_the_others_wait_on() {
    let shop = Shop::open();
    shop.item("CUP", 5);
    let standbys = [another(&shop.fixture, 2), another(&shop.fixture, 3)];
    shop.fixture.block_on(shop.engine.close());
    shop.wait_until("a takeover", || standbys.iter().any(|standby| standby.status().speaks_for_the_cell));
    let first = usize::from(standbys[1].status().journal.owner);
    let (owner, other) = (&standbys[first], &standbys[1 - first]);
    assert!(other.stands_by() && !other.status().journal.owner);
    let buy = |engine: &Engine, who, key| {
        shop.fixture.block_on(engine.checkout().place(shop.buy(who, key, &[want("CUP", 1)])))
    };
    buy(owner, 1, "a").expect("it sells");
    assert!(matches!(place_error(buy(other, 2, "b")), Error::Unavailable(_)));
    shop.fixture.block_on(owner.close());
    shop.wait_until("the next takeover", || other.status().speaks_for_the_cell);
    buy(other, 2, "b").expect("it sells");
    assert!(other.status().journal.epoch > owner.status().journal.epoch);
    shop.fixture.block_on(other.close());
}
