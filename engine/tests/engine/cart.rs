//! Carts against the real database: what is acknowledged is there, and nobody is served from a memory that differs.

use std::sync::Arc;

use chrono::TimeDelta;
use engine::actor::{Threads, Wiring};
use engine::cart::{Contents, Edit, Error, Handle, Mark, Owner, Refused};
use engine::catalog::{Offers, Sku};
use engine::clock::{Clock, IdSource};
use engine::error::{Coded, ErrorCode};
use engine::id::{OrderId, PrincipalId, StoreId, VariantId};
use engine::money::Currency;
use engine::pricing::{Rules, ShippingRules, TaxRate};
use engine::quantity::Quantity;
use uuid::Uuid;

use crate::fixture::Fixture;

/// A running server's carts.
struct Shop {
    fixture: Fixture,
    threads: Threads,
}

impl Shop {
    fn open() -> Self {
        Self { fixture: Fixture::new(), threads: Threads::start(2).expect("two threads") }
    }

    /// The carts as a freshly started server knows them.
    fn carts(&self) -> Handle {
        self.carts_with(10_000)
    }

    fn carts_with(&self, edits_max: usize) -> Handle {
        let arbiters = self.threads.arbiters();
        let io = self.fixture.io.handle().clone();
        let wiring = Wiring { arbiters, io, seats: 10_000, awake_max: 10_000 };
        let (database, clock) = (self.fixture.database.clone(), Arc::clone(&self.fixture.clock));
        Handle::start(wiring, database.clone(), Offers::new(database, 100), clock, edits_max)
    }

    fn someone(&self) -> Owner {
        let principal = PrincipalId::from_uuid(self.fixture.ids.next(self.fixture.clock.now()));
        Owner { store: StoreId::MAIN, principal }
    }

    fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.fixture.block_on(work)
    }

    /// What the database holds, as `v1 g0: 2 A`; read as a server would that knows nothing yet.
    fn stored(&self, owner: Owner) -> String {
        self.block_on(async { show(&self.carts().view(owner).await.expect("it can be read")) })
    }

    /// Whether the carts' writer is kept waiting by somebody's lock.
    fn waits_for_a_lock(&self) -> bool {
        let look = async {
            let (client, connection) =
                tokio_postgres::connect(self.fixture.url(), tokio_postgres::NoTls).await.expect("connected");
            tokio::spawn(connection);
            let waiting = "select exists (select from pg_stat_activity where application_name = 'doorbuster carts'
                                          and datname = current_database() and wait_event_type = 'Lock')";
            client.query_one(waiting, &[]).await.expect("an answer").get(0)
        };
        self.block_on(look)
    }

    /// What the journal does when an order is placed.
    fn convert_in_database(&self, contents: &Contents) -> OrderId {
        let order = OrderId::from_uuid(self.fixture.ids.next(self.fixture.clock.now()));
        self.fixture.own.sql(format!(
            "update carts set version = version + 1, generation = generation + 1, lines = '[]', last_order_id = '{}'
             where id = '{}' and version = {} and generation = {}",
            order.uuid(),
            contents.owner.cart().uuid(),
            contents.version,
            contents.generation
        ));
        order
    }
}

fn add(text: &str, quantity: i64) -> Edit {
    let variant_id = VariantId::from_uuid(Uuid::from_u128(text.bytes().map(u128::from).sum()));
    Edit::Add { variant_id, sku: sku(text), quantity: Quantity::new(quantity).expect("in range") }
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).expect("a SKU")
}

fn show(contents: &Contents) -> String {
    let lines: Vec<_> = contents.lines.iter().map(|line| format!("{} {}", line.quantity, line.sku)).collect();
    format!("v{} g{}: {}", contents.version, contents.generation, lines.join(", "))
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart() {
    let shop = Shop::open();
    let (ann, bob) = (shop.someone(), shop.someone());
    let carts = shop.carts();
    shop.block_on(async {
        assert_eq!(show(&carts.view(ann).await.expect("empty")), "v0 g0: ");
        carts.edit(ann, add("A", 2), None).await.expect("kept");
        carts.edit(ann, add("B", 1), Some(1)).await.expect("kept");
        let kept = carts.edit(ann, Edit::Change { sku: sku("A"), quantity: Quantity::ZERO }, None).await.expect("kept");
        assert_eq!(show(&kept), "v3 g0: 1 B");
        let refused = carts.edit(ann, add("A", 1), Some(1)).await.expect_err("it is at 3");
        assert!(matches!(refused, Error::Refused(Refused::VersionConflict { current: 3 })), "{refused}");
    });
    assert_eq!(shop.stored(ann), "v3 g0: 1 B");
    assert_eq!(shop.stored(bob), "v0 g0: ");
}

#[test]
fn the_carts_own_connection_cannot_write_orders() {
    let shop = Shop::open();
    let carts = shop.carts();
    shop.block_on(carts.edit(shop.someone(), add("A", 1), None)).expect("kept");
    // A role that is taken on is a setting of the session: it shows in who is asked for by a privilege check.
    shop.fixture.own.sql("revoke insert, update on carts from doorbuster_shop");
    let refused = shop.block_on(carts.edit(shop.someone(), add("A", 1), None)).expect_err("the role may not any more");
    assert_eq!(refused.code(), ErrorCode::Unavailable, "{refused}");
}

#[test]
fn many_edits_at_once_all_count_and_so_do_those_of_others() {
    let shop = Shop::open();
    let carts = shop.carts();
    let owners: Vec<Owner> = (0..20).map(|_| shop.someone()).collect();
    shop.block_on(async {
        let edits = (0..50).flat_map(|_| owners.iter().map(|&owner| carts.edit(owner, add("A", 2), None)));
        for kept in futures_util::future::join_all(edits).await {
            kept.expect("there is room for all");
        }
    });
    for &owner in &owners {
        assert_eq!(shop.stored(owner), "v50 g0: 100 A");
    }
    assert_eq!(carts.status().free_seats, 10_000);
}

#[test]
fn when_full_some_are_told_and_those_acknowledged_are_there() {
    let shop = Shop::open();
    let carts = shop.carts_with(3);
    let ann = shop.someone();
    let kept = shop.block_on(async {
        carts.view(ann).await.expect("awake");
        let outcomes = futures_util::future::join_all((0..100).map(|_| carts.edit(ann, add("A", 1), None))).await;
        for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            assert_eq!(refused.code(), ErrorCode::Busy, "{refused}");
        }
        outcomes.iter().filter(|outcome| outcome.is_ok()).count()
    });
    assert!((3..100).contains(&kept), "{kept}");
    assert_eq!(shop.stored(ann), format!("v{kept} g0: {kept} A"));
    assert_eq!(carts.status().free_seats, 3);
}

#[test]
fn a_frozen_cart_waits_for_its_checkout() {
    let shop = Shop::open();
    let carts = shop.carts();
    let ann = shop.someone();
    let frozen = shop.block_on(async {
        let refused = carts.freeze(ann, None).await.err().expect("there is nothing to buy");
        assert!(matches!(refused, Error::Refused(Refused::Empty { last_order: None })), "{refused}");
        // The edit is not awaited first: freezing flushes it.
        let (edited, frozen) = tokio::join!(biased; carts.edit(ann, add("A", 2), None), carts.freeze(ann, None));
        edited.expect("kept");
        frozen.expect("frozen")
    });
    assert_eq!(show(frozen.contents()), "v1 g0: 2 A");
    assert_eq!(shop.stored(ann), "v1 g0: 2 A");
    shop.block_on(async {
        let refused = carts.edit(ann, add("B", 1), None).await.expect_err("frozen");
        assert!(matches!(refused, Error::Refused(Refused::CompletionInProgress)), "{refused}");
        let refused = carts.freeze(ann, None).await.err().expect("frozen");
        assert!(matches!(refused, Error::Refused(Refused::CompletionInProgress)), "{refused}");
        assert_eq!(show(&carts.view(ann).await.expect("looking is free")), "v1 g0: 2 A");
    });
    let order = shop.convert_in_database(frozen.contents());
    frozen.converted(order, shop.fixture.clock.now());
    shop.block_on(async {
        let empty = carts.view(ann).await.expect("looked at");
        assert_eq!((show(&empty), empty.last_order), ("v2 g1: ".to_owned(), Some(order)));
        let kept = carts.edit(ann, add("C", 1), Some(2)).await.expect("kept");
        assert_eq!((show(&kept), kept.last_order), ("v3 g1: 1 C".to_owned(), Some(order)));
    });
    assert_eq!(shop.stored(ann), "v3 g1: 1 C");
}

#[test]
fn a_checkout_that_comes_to_nothing_or_dies_gives_the_cart_back() {
    let shop = Shop::open();
    let carts = shop.carts();
    let ann = shop.someone();
    shop.block_on(async {
        carts.edit(ann, add("A", 1), None).await.expect("kept");
        carts.freeze(ann, None).await.expect("frozen").thaw();
        carts.edit(ann, add("A", 1), None).await.expect("thawed");
        let died = tokio::spawn({
            let carts = carts.clone();
            async move {
                let _frozen = carts.freeze(ann, None).await.expect("frozen");
                panic!("a checkout that dies in the middle: the trace above is meant");
            }
        });
        assert!(died.await.expect_err("it panicked").is_panic());
        let kept = carts.edit(ann, add("A", 1), None).await.expect("thawed");
        assert_eq!(show(&kept), "v3 g0: 3 A");
        // Whoever goes away before it is answered leaves no frozen cart behind.
        let (kept, frozen) = tokio::join!(
            biased;
            carts.edit(ann, add("A", 1), None),
            futures_util::future::select(Box::pin(carts.freeze(ann, None)), std::future::ready(())),
        );
        kept.expect("kept");
        drop(frozen);
        for _ in 0..10_000 {
            // The lane answers the edit first and finds nobody to give the frozen cart to a moment later.
            match carts.edit(ann, add("A", 1), None).await {
                Err(Error::Refused(Refused::CompletionInProgress)) => {}
                kept => return assert_eq!(show(&kept.expect("thawed")), "v5 g0: 5 A"),
            }
        }
        panic!("nobody has the cart, and it stays frozen");
    });
}

#[test]
fn an_edit_behind_an_order_goes_into_the_next_generation() {
    let shop = Shop::open();
    let carts = shop.carts();
    let ann = shop.someone();
    shop.block_on(async {
        carts.edit(ann, add("A", 2), None).await.expect("kept");
        let frozen = carts.freeze(ann, None).await.expect("frozen");
        // The checkout dies after its order was appended, and the order is committed.
        let contents = frozen.contents().clone();
        drop(frozen);
        let order = shop.convert_in_database(&contents);
        // The actor still remembers two A. Its edit is refused by the row and decided again on what is true.
        let kept = carts.edit(ann, add("B", 1), None).await.expect("kept");
        assert_eq!((show(&kept), kept.last_order), ("v3 g1: 1 B".to_owned(), Some(order)));
    });
    assert_eq!(shop.stored(ann), "v3 g1: 1 B");
}

#[test]
fn a_checkout_that_was_told_otherwise_by_the_database_has_the_cart_read_anew() {
    let shop = Shop::open();
    let carts = shop.carts();
    let ann = shop.someone();
    shop.block_on(async {
        carts.edit(ann, add("A", 2), None).await.expect("kept");
        let frozen = carts.freeze(ann, None).await.expect("frozen");
        let contents = frozen.contents().clone();
        drop(frozen);
        let order = shop.convert_in_database(&contents);
        // The actor does not know. A second checkout freezes what it remembers, and the journal refuses that.
        carts.freeze(ann, None).await.expect("frozen").outdated();
        let refused = carts.freeze(ann, None).await.err().expect("there is nothing to buy");
        let Error::Refused(Refused::Empty { last_order }) = refused else { panic!("{refused}") };
        assert_eq!(last_order, Some(order));
    });
}

#[test]
fn only_what_is_for_sale_is_put_in() {
    let shop = Shop::open();
    shop.fixture.own.sql(
        "insert into products (id, store_id, slug, title, status)
             select ('00000000-0000-7000-8000-00000000000' || n)::uuid, id, 'p' || n, 'P', s
             from stores, (values (1, 'active'), (2, 'archived')) as p (n, s);
         insert into variants (id, store_id, product_id, sku, currency, mrp_minor, price_minor)
             select p.id, p.store_id, p.id, upper(p.slug), 'INR', 100, 90 from products p",
    );
    let carts = shop.carts();
    let ann = shop.someone();
    let tax = TaxRate { rate_bp: 0, inclusive: true };
    let shipping = ShippingRules { flat_minor: 0, free_from_minor: None, tax };
    let rules = Rules { currency: Currency::INR, shipping, valid_for: TimeDelta::minutes(15) };
    shop.block_on(async {
        let one = Quantity::new(1).expect("in range");
        let kept = carts.add(ann, sku("P1"), one, None).await.expect("kept");
        assert_eq!(show(&kept), "v1 g0: 1 P1");
        let refused = carts.add(ann, sku("P2"), one, None).await.expect_err("archived");
        assert!(matches!(refused, Error::Refused(Refused::NotForSale { .. })), "{refused}");
        let refused = carts.add(ann, sku("P3"), one, None).await.expect_err("unknown");
        assert!(matches!(refused, Error::Refused(Refused::UnknownSku { .. })), "{refused}");
        let view = carts.look(ann, &rules, |_| Some(0)).await.expect("looked at");
        assert_eq!((view.lines.len(), view.lines[0].mark), (1, Mark::SoldOut));
        assert_eq!(view.quote.map(|quote| quote.totals.grand_minor), Ok(90));
    });
}

#[test]
fn an_edit_that_was_decided_on_an_old_version_does_not_overwrite_a_newer_one() {
    let shop = Shop::open();
    let (one, other) = (shop.carts(), shop.carts());
    let ann = shop.someone();
    shop.block_on(async {
        one.edit(ann, add("A", 1), None).await.expect("kept");
        other.edit(ann, add("B", 1), None).await.expect("kept");
        // `one` believes to be at version 1; the row is at 2.
        let kept = one.edit(ann, add("C", 1), None).await.expect("kept");
        assert_eq!(show(&kept), "v3 g0: 1 A, 1 B, 1 C");
        // Whoever has seen a version is told instead.
        let refused = other.edit(ann, add("D", 1), Some(2)).await.expect_err("it is at 3");
        assert!(matches!(refused, Error::Refused(Refused::VersionConflict { current: 3 })), "{refused}");
    });
}

#[test]
fn a_cart_that_slept_is_as_it_was() {
    let shop = Shop::open();
    let carts = shop.carts();
    let (ann, bob) = (shop.someone(), shop.someone());
    shop.block_on(async {
        carts.edit(ann, add("A", 1), None).await.expect("kept");
        carts.edit(bob, add("B", 1), None).await.expect("kept");
        let frozen = carts.freeze(bob, None).await.expect("frozen");
        assert_eq!(carts.status().awake, 2);
        carts.retire_idle(0).await;
        carts.retire_idle(0).await;
        assert_eq!(carts.status().awake, 1, "a frozen cart stays awake");
        assert_eq!(show(&carts.edit(ann, add("A", 1), Some(1)).await.expect("kept")), "v2 g0: 2 A");
        frozen.thaw();
        assert_eq!(show(&carts.edit(bob, add("B", 1), Some(1)).await.expect("kept")), "v2 g0: 2 B");
    });
}

#[test]
fn a_cut_connection_loses_nothing_that_was_acknowledged() {
    let shop = Shop::open();
    let carts = shop.carts();
    let ann = shop.someone();
    let mut acknowledged = 0;
    for _ in 0..5 {
        shop.block_on(carts.edit(ann, add("A", 1), None)).expect("kept");
        acknowledged += 1;
        shop.fixture.own.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where application_name = 'doorbuster carts' and datname = current_database()",
        );
        // The first edit behind the cut may find the connection dead, or may find that it is and make another.
        match shop.block_on(carts.edit(ann, add("A", 1), None)) {
            Ok(_) => acknowledged += 1,
            Err(error) => assert_eq!(error.code(), ErrorCode::Unavailable, "{error}"),
        }
        let seen = shop.block_on(carts.view(ann)).expect("it can be read");
        assert_eq!(seen.lines[0].quantity.get(), acknowledged, "the backend was dead before it was asked");
        assert_eq!(show(&seen), shop.stored(ann));
    }
}

#[test]
fn a_database_that_is_away_is_said_to_be() {
    let shop = Shop::open();
    let carts = shop.carts();
    let (ann, bob) = (shop.someone(), shop.someone());
    shop.block_on(carts.edit(ann, add("A", 1), None)).expect("kept");
    shop.fixture.own.sql("alter table carts rename to away");
    let unavailable = |owner| shop.block_on(carts.edit(owner, add("A", 1), None)).expect_err("no table").code();
    assert_eq!(unavailable(ann), ErrorCode::Unavailable);
    assert_eq!(unavailable(ann), ErrorCode::Unavailable);
    assert_eq!(unavailable(bob), ErrorCode::Unavailable);
    shop.fixture.own.sql("alter table away rename to carts");
    let kept = shop.block_on(carts.edit(ann, add("A", 1), None)).expect("it is back");
    assert_eq!(show(&kept), "v2 g0: 2 A");
}

/// A transaction that keeps everybody from writing carts, until it is dropped.
async fn lock_carts(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("connected");
    tokio::spawn(connection);
    client.batch_execute("begin; lock table carts in exclusive mode").await.expect("locked");
    client
}

#[test]
fn edits_that_share_a_statement_are_compared_with_what_they_were_made_of() {
    let shop = Shop::open();
    let (one, other) = (shop.carts(), shop.carts());
    let (ann, bob) = (shop.someone(), shop.someone());
    let lock = shop.block_on(async {
        one.edit(ann, add("A", 1), None).await.expect("kept");
        other.edit(ann, add("B", 1), None).await.expect("kept");
        lock_carts(shop.fixture.url()).await
    });
    // One's writer is busy with bob while ann's edits, made of version 1, become one statement that says 3. The row is at 2.
    let waiting = shop.fixture.io.handle().spawn({
        let one = one.clone();
        async move { one.edit(bob, add("Z", 1), None).await }
    });
    testdb::eventually("bob's cart waits for the lock", || shop.waits_for_a_lock().then_some(()));
    let (first, second) = shop.block_on(async {
        let unlock = async {
            // Refused by the actor itself, behind the two: they are on their way by then.
            one.edit(ann, add("E", 1), Some(99)).await.expect_err("no such version");
            drop(lock);
        };
        let (first, second, ()) =
            tokio::join!(biased; one.edit(ann, add("C", 1), None), one.edit(ann, add("D", 1), None), unlock);
        (first, second)
    });
    first.expect("decided again on what is true");
    second.expect("likewise");
    shop.block_on(waiting).expect("no panic").expect("kept");
    // Decided again in whichever order they came the second time.
    let stored = shop.stored(ann);
    assert!(stored == "v4 g0: 1 A, 1 B, 1 C, 1 D" || stored == "v4 g0: 1 A, 1 B, 1 D, 1 C", "{stored}");
}

#[test]
fn carts_that_are_forgotten_are_read_anew_by_who_asks_next() {
    let shop = Shop::open();
    let carts = shop.carts();
    let (ann, bob) = (shop.someone(), shop.someone());
    shop.block_on(async {
        carts.edit(ann, add("A", 2), None).await.expect("kept");
        let frozen = {
            carts.edit(bob, add("B", 2), None).await.expect("kept");
            carts.freeze(bob, None).await.expect("frozen")
        };
        // Another server owned the cell, and an order of its consumed ann's cart.
        let order = shop.convert_in_database(&carts.view(ann).await.expect("looked at"));
        carts.forget_all();
        assert_eq!(carts.status().awake, 0);
        let seen = carts.view(ann).await.expect("read anew");
        assert_eq!((show(&seen), seen.last_order), ("v2 g1: ".to_owned(), Some(order)));
        // A checkout that is under way ends before its cart is read again.
        let mut looking = Box::pin(carts.view(bob));
        assert!(futures_util::poll!(&mut looking).is_pending());
        frozen.thaw();
        assert_eq!(show(&looking.await.expect("read anew")), "v1 g0: 2 B");
    });
}

#[test]
fn carts_that_nobody_changed_for_long_go_but_never_a_generation() {
    let shop = Shop::open();
    let carts = shop.carts();
    let (ann, bob, cid, dan) = (shop.someone(), shop.someone(), shop.someone(), shop.someone());
    let bought = shop.block_on(async {
        for owner in [ann, bob, cid, dan] {
            carts.edit(owner, add("A", 1), None).await.expect("kept");
        }
        let frozen = carts.freeze(bob, None).await.expect("frozen");
        let order = shop.convert_in_database(frozen.contents());
        frozen.converted(order, shop.fixture.clock.now());
        carts.edit(bob, add("B", 1), None).await.expect("kept");
        order
    });
    shop.fixture.clock.advance(TimeDelta::days(20));
    shop.block_on(async {
        carts.edit(cid, add("C", 1), None).await.expect("kept");
        for _ in 0..2 {
            carts.retire_idle(0).await;
        }
        // Dan looks at it all the time, and changes nothing.
        carts.view(dan).await.expect("awake");
    });
    shop.fixture.clock.advance(TimeDelta::days(11));
    let before = shop.fixture.clock.now() - TimeDelta::days(30);
    assert_eq!(shop.block_on(carts.prune(before)).expect("pruned"), 2);
    assert_eq!(shop.block_on(carts.prune(before)).expect("pruned"), 0, "once");
    assert_eq!(shop.stored(ann), "v0 g0: ");
    let emptied = shop.block_on(shop.carts().view(bob)).expect("read");
    assert_eq!((show(&emptied), emptied.last_order), ("v4 g1: ".to_owned(), Some(bought)));
    assert_eq!(shop.stored(cid), "v2 g0: 1 A, 1 C");
    assert_eq!(shop.stored(dan), "v1 g0: 1 A");
    shop.block_on(carts.edit(ann, add("A", 1), Some(0))).expect("a cart anew");
}
