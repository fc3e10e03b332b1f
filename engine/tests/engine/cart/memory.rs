//! What a cart remembers and what the database says: after sleep, faults, and another owner.

use super::*;

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
    assert_eq!(shop.block_on(carts.prune(&shop.fixture.database, before)).expect("pruned"), 2);
    assert_eq!(shop.block_on(carts.prune(&shop.fixture.database, before)).expect("pruned"), 0, "once");
    assert_eq!(shop.stored(ann), "v0 g0: ");
    let emptied = shop.block_on(shop.carts().view(bob)).expect("read");
    assert_eq!((show(&emptied), emptied.last_order), ("v4 g1: ".to_owned(), Some(bought)));
    assert_eq!(shop.stored(cid), "v2 g0: 1 A, 1 C");
    assert_eq!(shop.stored(dan), "v1 g0: 1 A");
    shop.block_on(carts.edit(ann, add("A", 1), Some(0))).expect("a cart anew");
}
