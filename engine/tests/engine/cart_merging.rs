//! A guest's cart that goes into an account's: once, whole, whatever happens at the same time.

use std::sync::Arc;
use std::time::Duration;

use engine::cart::{self, Cut, CutReason, Edit, Merged, Owner, Refused, Stock};
use engine::checkout::{Basket, PlaceOrder, QuoteRequest};
use engine::id::StoreId;
use engine::money::Money;
use engine::postgres::Database;
use futures_util::FutureExt;
use futures_util::future::join_all;
use testdb::{Link, Proxy};

use crate::shop::{Shop, buyer, want};

const GUEST: u64 = 1;
const ANN: u64 = 2;
const BOB: u64 = 3;

fn owner(who: u64) -> Owner {
    Owner { store: StoreId::MAIN, principal: buyer(who) }
}

fn put(shop: &Shop, who: u64, sku: &str, quantity: i64) {
    let want = want(sku, quantity);
    shop.fixture.block_on(shop.engine.cart().add(owner(who), want.sku, want.quantity, None)).expect("kept");
}

fn seen(shop: &Shop, who: u64) -> String {
    let contents = shop.fixture.block_on(shop.engine.cart().view(owner(who))).expect("looked at");
    let lines: Vec<_> = contents.lines.iter().map(|line| format!("{} {}", line.quantity, line.sku)).collect();
    format!("v{} g{}: {}", contents.version, contents.generation, lines.join(", "))
}

/// What is left is not known, as far as this goes.
fn unknown() -> Stock {
    Arc::new(|variants| std::future::ready(vec![None; variants.len()]).boxed())
}

async fn merge(shop: &Shop, from: u64, into: u64) -> Result<Merged, cart::Error> {
    shop.engine.cart().merge(shop.engine.database(), owner(from), owner(into), unknown()).await
}

#[test]
fn a_guest_s_cart_goes_into_the_account_s_once() {
    let shop = Shop::open();
    shop.item("CUP", 10);
    shop.item("PLATE", 10);
    put(&shop, GUEST, "CUP", 2);
    put(&shop, GUEST, "PLATE", 1);
    put(&shop, ANN, "CUP", 1);
    let merged = shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect("merged");
    assert_eq!(merged, Merged { lines: 2, cut: Vec::new() });
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v3 g0: ".to_owned(), "v2 g0: 3 CUP, 1 PLATE".to_owned()));

    let again = shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect("nothing to do");
    assert_eq!(again, Merged::default());
    let itself = shop.fixture.block_on(merge(&shop, ANN, ANN)).expect("nothing to do");
    assert_eq!(itself, Merged::default());

    // Durable, and both go on being carts.
    let shop = shop.reopen();
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v3 g0: ".to_owned(), "v2 g0: 3 CUP, 1 PLATE".to_owned()));
    put(&shop, GUEST, "CUP", 1);
    put(&shop, ANN, "CUP", 1);
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v4 g0: 1 CUP".to_owned(), "v3 g0: 4 CUP, 1 PLATE".to_owned()));
}

#[test]
fn an_account_that_never_had_a_cart_is_given_one() {
    let shop = Shop::open();
    shop.item("CUP", 10);
    put(&shop, GUEST, "CUP", 2);
    shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect("merged");
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v2 g0: ".to_owned(), "v1 g0: 2 CUP".to_owned()));
}

#[test]
fn what_is_cut_is_told() {
    let shop = Shop::open();
    shop.limited("CUP", 10, 2);
    put(&shop, GUEST, "CUP", 2);
    put(&shop, ANN, "CUP", 1);
    let merged = shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect("merged");
    let cut = Cut { sku: want("CUP", 1).sku, asked: 3, kept: 2, reason: CutReason::PurchaseLimit };
    assert_eq!(merged, Merged { lines: 1, cut: vec![cut] });
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v2 g0: ".to_owned(), "v2 g0: 2 CUP".to_owned()));
}

#[test]
fn of_many_logins_at_once_one_brings_the_cart_along() {
    let shop = Shop::open();
    shop.item("CUP", 10);
    put(&shop, GUEST, "CUP", 2);
    // Twenty of one account and twenty of another.
    let outcomes = shop
        .fixture
        .block_on(join_all((0..40).map(|login| merge(&shop, GUEST, if login % 2 == 0 { ANN } else { BOB }))));
    let brought: usize = outcomes.iter().flatten().map(|merged| merged.lines).sum();
    assert_eq!(brought, 1, "{outcomes:?}");
    for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(matches!(refused, cart::Error::Refused(Refused::CompletionInProgress)), "{refused}");
    }
    assert_eq!(seen(&shop, GUEST), "v2 g0: ");
    let both = [seen(&shop, ANN), seen(&shop, BOB)];
    assert!(both.contains(&"v1 g0: 2 CUP".to_owned()) && both.contains(&"v0 g0: ".to_owned()), "{both:?}");
}

#[test]
fn carts_of_several_guests_all_arrive_and_edits_beside_them_count() {
    let shop = Shop::open();
    shop.item("CUP", 1000);
    for guest in 100..110 {
        put(&shop, guest, "CUP", 1);
    }
    let (merged, edited) = shop.fixture.block_on(async {
        let merges = join_all((100..110).map(|guest| merge(&shop, guest, ANN)));
        // Whoever edits a cart while another goes into it is refused, and asks again.
        let edits = join_all((0..10).map(|_| async {
            loop {
                let want = want("CUP", 1);
                match shop.engine.cart().add(owner(ANN), want.sku, want.quantity, None).await {
                    Err(cart::Error::Refused(Refused::CompletionInProgress)) => tokio::task::yield_now().await,
                    outcome => return outcome,
                }
            }
        }));
        futures_util::future::join(merges, edits).await
    });
    let brought = merged.iter().flatten().filter(|merged| merged.lines == 1).count();
    assert!(brought > 0, "{merged:?}");
    assert!(edited.iter().all(Result::is_ok), "{edited:?}");
    // Whoever was refused finds their cart as it was, and merges it later.
    for guest in 100..110 {
        shop.fixture.block_on(merge(&shop, guest, ANN)).expect("nobody is in the way");
    }
    assert!(seen(&shop, ANN).ends_with(": 20 CUP"), "{}", seen(&shop, ANN));
}

#[test]
fn a_cart_that_is_being_checked_out_stays_where_it_is() {
    let shop = Shop::open();
    shop.item("CUP", 10);
    put(&shop, GUEST, "CUP", 2);
    let frozen = shop.fixture.block_on(shop.engine.cart().freeze(owner(GUEST), None)).expect("frozen");
    let refused = shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect_err("it is being bought");
    assert!(matches!(refused, cart::Error::Refused(Refused::CompletionInProgress)), "{refused}");
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v1 g0: 2 CUP".to_owned(), "v0 g0: ".to_owned()));
    // It comes to nothing while a login waits for it.
    let waiting = futures_util::future::join(merge(&shop, GUEST, ANN), async move { frozen.thaw() });
    assert_eq!(shop.fixture.block_on(waiting).0.expect("merged").lines, 1);
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v2 g0: ".to_owned(), "v1 g0: 2 CUP".to_owned()));
}

#[test]
fn what_is_ordered_meanwhile_is_not_brought_along_as_well() {
    let shop = Shop::open();
    let cup = shop.item("CUP", 100);
    for round in 0..10 {
        let guest = 1_000 + round;
        put(&shop, guest, "CUP", 2);
        let asked = QuoteRequest { store: StoreId::MAIN, principal: buyer(guest), basket: Basket::Cart };
        let priced = shop.fixture.block_on(shop.engine.checkout().quote(asked)).expect("a quote");
        let order = PlaceOrder {
            basket: Basket::Cart,
            fingerprint: [9; 32],
            expected_total: Money::new(priced.quote.totals.grand_minor, priced.quote.currency),
            ..shop.buy(guest, "key", &[want("CUP", 1)])
        };
        let (placed, merged) = shop.fixture.block_on(async {
            futures_util::future::join(shop.engine.checkout().place(order), merge(&shop, guest, ANN)).await
        });
        let is_merged = merged.is_ok_and(|merged| merged.lines == 1);
        assert!(placed.is_ok() != is_merged, "ordered or merged, and never both: {:?}", placed.err());
        assert!(seen(&shop, guest).ends_with(": "), "{}", seen(&shop, guest));
    }
    let (reserved, brought) = (shop.level(cup).reserved, seen(&shop, ANN));
    let brought: i64 = brought.split(' ').nth(2).and_then(|number| number.parse().ok()).unwrap_or(0);
    assert_eq!(reserved + brought, 20);
}

#[test]
fn a_memory_that_differs_from_the_database_does_no_harm() {
    let shop = Shop::open();
    shop.item("CUP", 10);
    put(&shop, GUEST, "CUP", 2);
    put(&shop, ANN, "CUP", 1);
    // As another server would have, that had the cell in between.
    shop.fixture.own.sql("update carts set version = version + 1, lines = '[]' where lines->0->>'quantity' = '2'");
    let merged = shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect("it is read anew");
    assert_eq!(merged.lines, 0, "there is nothing in it any more");
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v2 g0: ".to_owned(), "v1 g0: 1 CUP".to_owned()));
}

/// ```text
///   first try:   begin, both carts ......... commit, which is under way when its connection is gone
///   second try:                     waits for the carts .......................... they are others now
///   third try:                                                                     finds the guest's empty
/// ```
#[test]
fn what_was_done_without_an_answer_is_told_by_a_later_try() {
    let shop = Shop::open();
    shop.item("CUP", 10);
    put(&shop, GUEST, "CUP", 2);
    put(&shop, ANN, "CUP", 1);
    let proxy = Proxy::before(shop.fixture.url());
    let far = Database::new(&proxy.url(shop.fixture.url()), 2, shop.fixture.io.handle().clone());
    let wait_for_a_lock = "select count(*) from pg_stat_activity
                           where datname = current_database() and wait_event_type = 'Lock'";
    // Between the two statements of the first try somebody holds the cart that it writes last.
    let holding = shop.fixture.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(shop.fixture.url(), tokio_postgres::NoTls).await.expect("connected");
        tokio::spawn(connection);
        let last = "begin; select from carts order by id desc limit 1 for update";
        client.batch_execute(last).await.expect("a lock");
        client
    });
    let carts = shop.engine.cart().clone();
    let merging =
        shop.fixture.io.handle().spawn(async move { carts.merge(&far, owner(GUEST), owner(ANN), unknown()).await });
    testdb::eventually("the first try", || (shop.fixture.own.number(wait_for_a_lock) == 1).then_some(()));
    proxy.set(Link::Late { by: Duration::from_secs(1) });
    drop(holding);
    testdb::eventually("its commit on its way", || (proxy.counts().held_back > 0).then_some(()));
    proxy.set(Link::Pass);
    let merged = shop.fixture.block_on(merging).expect("no panic").expect("merged");
    assert_eq!(merged, Merged { lines: 1, cut: Vec::new() });
    assert_eq!((seen(&shop, GUEST), seen(&shop, ANN)), ("v2 g0: ".to_owned(), "v2 g0: 3 CUP".to_owned()));
}

#[test]
fn a_database_that_is_away_leaves_both_as_they_are() {
    let shop = Shop::open();
    shop.item("CUP", 10);
    put(&shop, GUEST, "CUP", 2);
    // The merge's statement fails at its second half: the first is taken back.
    shop.fixture.own.sql(
        "create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
         create trigger refuse before insert on carts for each row execute function refuse()",
    );
    let error = shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect_err("it cannot be kept");
    assert!(matches!(error, cart::Error::Unavailable), "{error}");
    assert_eq!(seen(&shop, GUEST), "v1 g0: 2 CUP");
    shop.fixture.own.sql("drop trigger refuse on carts");
    assert_eq!(shop.fixture.block_on(merge(&shop, GUEST, ANN)).expect("merged").lines, 1);
    let less = Edit::Remove { sku: want("CUP", 1).sku };
    shop.fixture.block_on(shop.engine.cart().edit(owner(ANN), less, Some(1))).expect("it is a cart like any other");
}
