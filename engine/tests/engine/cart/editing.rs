//! Edits, and carts that are being bought.

use super::*;

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
