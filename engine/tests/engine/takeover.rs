//! Another server owns the cell for a while; a standby does not confirm; history goes backwards.

use engine::Engine;
use engine::cart::Owner;
use engine::catalog::Sku;
use engine::checkout::Error;
use engine::clock::CountedIds;
use engine::id::StoreId;
use engine::inventory::{Command, StockChange};
use engine::postgres::Database;
use engine::quantity::Quantity;

use crate::fixture::Fixture;
use crate::shop::{Shop, buyer, place_error, settings, want};

/// A shop whose engine comes in as a role of its own, so that it alone can be kept out.
struct Cut {
    role: String,
}

impl Cut {
    fn open() -> (Self, Shop) {
        let mut fixture = Fixture::new();
        let role = format!("{}_one", fixture.own.name());
        fixture.own.sql(format!("create role {role} superuser login"));
        let user = fixture.url().split_once("://").and_then(|(_, rest)| rest.split_once('@')).expect("a user").0;
        let url = fixture.url().replacen(&format!("://{user}@"), &format!("://{role}@"), 1);
        fixture.database = Database::new(&url, 8, fixture.io.handle().clone());
        (Self { role }, Shop::open_on(fixture, settings()))
    }

    /// Like a network that fails one machine.
    fn off(&self, shop: &Shop) {
        shop.fixture.own.sql(format!("alter role {} nologin", self.role));
        shop.fixture
            .own
            .sql(format!("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{}'", self.role));
    }

    fn on(&self, shop: &Shop) {
        shop.fixture.own.sql(format!("alter role {} login", self.role));
    }

    fn clean_up(self, shop: Shop) {
        shop.fixture.block_on(shop.engine.close());
        self.off(&shop);
        shop.fixture.own.sql(format!("drop role {}", self.role));
    }
}

/// Another server on the same database, while `work` runs.
fn with_another_server(shop: &Shop, work: impl AsyncFnOnce(&Engine)) {
    let database = Database::new(shop.fixture.url(), 4, shop.fixture.io.handle().clone());
    shop.fixture.block_on(async {
        let ids = std::sync::Arc::new(CountedIds::lane(2));
        let clock = Some(shop.fixture.clock.clone() as std::sync::Arc<dyn engine::clock::Clock>);
        let other = Engine::open_with(database, settings(), clock, ids).await.expect("the cell is free");
        work(&other).await;
        other.close().await;
    });
}

#[test]
fn what_another_server_did_meanwhile_is_known_when_the_cell_is_taken_back() {
    let (cut, shop) = Cut::open();
    let cup = shop.item("CUP", 2);
    let restocked = shop.item("LAMP", 0);
    let cart = Owner { store: StoreId::MAIN, principal: buyer(7) };
    let sku = |text| Sku::parse(text).expect("a SKU");
    let one = Quantity::wanted(1).expect("one");
    shop.fixture.block_on(shop.engine.cart().add(cart, sku("CUP"), one, None)).expect("put in");
    shop.place(shop.buy(1, "warm", &[want("CUP", 1)])).expect("placed");
    let (last, lamp) = (shop.buy(2, "last", &[want("CUP", 1)]), shop.buy(3, "lamp", &[want("LAMP", 1)]));
    assert!(matches!(place_error(shop.place(lamp.clone())), Error::OutOfStock { .. }));

    cut.off(&shop);
    // What a takeover would wait for, were the first one's process another one.
    shop.wait_until("it no longer speaks for the cell", || !shop.engine.status().speaks_for_the_cell);
    let mut there = Vec::new();
    with_another_server(&shop, async |other| {
        let command = Command::Adjust {
            location: engine::id::LocationId::MAIN,
            delta: 1,
            reason: "delivery".to_owned(),
            reference: None,
            received: true,
        };
        other.stockroom().change(StockChange { variant: restocked, command }, None).await.expect("received");
        for request in [&last, &lamp] {
            there.push(other.checkout().place(request.clone()).await.expect("placed").placed.number);
        }
        other.cart().add(cart, sku("CUP"), one, None).await.expect("put in");
    });
    cut.on(&shop);
    shop.wait_for_the_cell();

    for (request, number) in [(last, there[0]), (lamp, there[1])] {
        let again = shop.place(request).expect("whoever has it is not told that it is sold out");
        assert_eq!((again.replayed, again.placed.number), (true, number));
    }
    let contents = shop.fixture.block_on(shop.engine.cart().view(cart)).expect("a cart");
    assert_eq!(contents.lines[0].quantity, Quantity::wanted(2).expect("two"), "as the other server left it");
    assert!(matches!(place_error(shop.place(shop.buy(9, "k", &[want("CUP", 1)]))), Error::OutOfStock { .. }));
    assert_eq!(shop.level(cup).reserved, 2);
    shop.assert_books_balance();
    cut.clean_up(shop);
}

#[test]
fn a_server_whose_history_went_backwards_never_writes_again() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 5);
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed");
    let order = shop.buy(2, "b", &[want("CUP", 1)]);
    // What a failover to a standby that had not heard everything looks like.
    shop.fixture.own.sql("update cells set last_batch = last_batch - 1");
    shop.fixture.own.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'doorbuster journal' and datname = current_database()",
    );
    shop.wait_until("it has stopped", || shop.engine.status().journal.halted);
    shop.fixture.own.sql("update cells set last_batch = last_batch + 1");
    // Its writer has ended, so the cell is free for whoever is started next, and nobody else is after it.
    with_another_server(&shop, async |other| {
        let url = shop.fixture.url();
        let (client, driving) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("connected");
        tokio::spawn(driving);
        let journals = "select count(*) from pg_stat_activity
                        where application_name = 'doorbuster journal' and datname = current_database()";
        for who in 10..30 {
            let received = Command::Adjust {
                location: engine::id::LocationId::MAIN,
                delta: 1,
                reason: format!("delivery {who}"),
                reference: None,
                received: true,
            };
            other.stockroom().change(StockChange { variant, command: received }, None).await.expect("received");
            let journals: i64 = client.query_one(journals, &[]).await.expect("a number").get(0);
            assert_eq!(journals, 1, "the other's own");
        }
    });
    assert!(!shop.engine.status().journal.owner && !shop.engine.status().speaks_for_the_cell);
    let said = place_error(shop.place(order));
    assert!(matches!(said, Error::Unavailable(_)), "{said:?}");
}

#[test]
fn a_taking_that_no_standby_confirmed_is_not_relied_on() {
    let shop = Shop::on_its_own_server(&["wal_level=replica", "max_wal_senders=4"], settings());
    shop.item("CUP", 5);
    shop.place(shop.buy(1, "a", &[want("CUP", 1)])).expect("placed");
    let epoch = shop.engine.status().journal.epoch;
    let standby = |name: &str| {
        shop.fixture.own.sql(format!("alter system set synchronous_standby_names = '{name}'"));
        shop.fixture.own.sql("select pg_reload_conf()");
    };
    // Which of the journal's backends waits for a standby; 0: none.
    let waiting = || {
        shop.sql(
            "select coalesce(max(pid), 0)::bigint from pg_stat_activity
             where application_name = 'doorbuster journal' and wait_event = 'SyncRep'",
        )
    };
    standby("nobody");
    shop.wait_until("a standby is waited for", || {
        shop.sql("select count(*) from pg_settings where name = 'synchronous_standby_names' and setting = 'nobody'")
            == 1
    });
    shop.fixture
        .own
        .sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doorbuster journal'");
    let mut first = 0;
    shop.wait_until("the taking waits for its standby", || {
        first = waiting();
        first != 0
    });
    // Its wait is cancelled: it is told that it committed, and beside it that it may be lost.
    shop.fixture.own.sql(format!("select pg_cancel_backend({first})"));
    shop.wait_until("it takes the cell once more", || !matches!(waiting(), pid if pid == 0 || pid == first));
    standby("");
    // Whom the taking followed that is not relied on is not known any more, so it waits as for another.
    shop.wait_until("it has taken the cell", || shop.engine.status().journal.epoch > epoch);
    shop.wait_for_the_cell();
    shop.place(shop.buy(2, "b", &[want("CUP", 1)])).expect("placed");
    shop.assert_books_balance();
}
