//! How old a page may be that is shown, and who makes the next one.

use std::sync::atomic::AtomicUsize;

use chrono::DateTime;

use super::*;

fn at(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

fn bodies() -> Bodies {
    let freshness = Freshness {
        product: Duration::from_secs(3600),
        listing: Duration::from_secs(1800),
        last_known: Duration::from_secs(7200),
    };
    Bodies::new(1 << 20, freshness, Runtime::current())
}

/// Counts how often it was made; each has its number as its body.
async fn ask(bodies: &Bodies, made: &Arc<AtomicUsize>, now: Timestamp, until: Option<Timestamp>) -> usize {
    ask_for(Page::Categories, bodies, made, now, until).await
}

async fn ask_for(
    page: Page,
    bodies: &Bodies,
    made: &Arc<AtomicUsize>,
    now: Timestamp,
    until: Option<Timestamp>,
) -> usize {
    let made = Arc::clone(made);
    let make = move || async move {
        tokio::task::yield_now().await;
        let number = made.fetch_add(1, Ordering::SeqCst);
        Ok(Made { document: Document::json("x".repeat(number + 1)), until })
    };
    bodies.get(StoreId::MAIN, page, now, make).await.expect("a page").len()
}

#[tokio::test]
async fn all_who_ask_at_once_get_the_same_page_made_once() {
    let bodies = bodies();
    let made = Arc::new(AtomicUsize::new(0));
    let all = (0..50).map(|_| ask(&bodies, &made, at(0), None));
    assert!(futures_util::future::join_all(all).await.into_iter().all(|length| length == 1));
    assert_eq!(ask(&bodies, &made, at(0), None).await, 1);
    bodies.forget_all(StoreId::MAIN);
    assert_eq!(ask(&bodies, &made, at(0), None).await, 2);
    // What happens next door is nothing to this store.
    bodies.forget_all(StoreId::from_uuid(uuid::Uuid::from_u128(9)));
    assert_eq!(ask(&bodies, &made, at(0), None).await, 2);
}

#[tokio::test]
async fn no_page_outlives_the_moment_at_which_it_changes() {
    let bodies = bodies();
    let made = Arc::new(AtomicUsize::new(0));
    assert_eq!(ask(&bodies, &made, at(10), Some(at(20))).await, 1);
    assert_eq!(ask(&bodies, &made, at(19), Some(at(20))).await, 1);
    assert_eq!(ask(&bodies, &made, at(20), Some(at(30))).await, 2);
}

#[tokio::test]
async fn a_listing_is_kept_for_less_long_than_a_product() {
    let (bodies, made) = (bodies(), Arc::new(AtomicUsize::new(0)));
    let listing = || Page::Listing("q=shirt".into());
    let product = || Page::Product(Slug::parse("shirt").expect("a slug"));
    assert_eq!(ask_for(listing(), &bodies, &made, at(0), None).await, 1);
    assert_eq!(ask_for(product(), &bodies, &made, at(0), None).await, 2);
    assert_eq!(ask_for(listing(), &bodies, &made, at(900), None).await, 1);
    assert_eq!(ask_for(product(), &bodies, &made, at(1800), None).await, 2);
    assert_eq!(ask_for(listing(), &bodies, &made, at(1800), None).await, 3);
    assert_eq!(ask_for(product(), &bodies, &made, at(3600), None).await, 4);
}

#[tokio::test]
async fn a_failure_is_not_kept_and_an_absence_is() {
    let bodies = bodies();
    let failing = || async { Err(NotMade::Unavailable("the database is away".into())) };
    assert_eq!(
        bodies.get(StoreId::MAIN, Page::Categories, at(0), failing).await.err().map(|error| error.status().as_u16()),
        Some(503)
    );
    let absent = || async { Err(NotMade::NotFound("not there")) };
    assert_eq!(
        bodies.get(StoreId::MAIN, Page::Categories, at(0), absent).await.err().map(|error| error.status().as_u16()),
        Some(404)
    );
    assert_eq!(
        bodies.get(StoreId::MAIN, Page::Categories, at(0), failing).await.err().map(|error| error.status().as_u16()),
        Some(404)
    );
}

#[tokio::test]
async fn what_was_made_last_is_shown_while_nothing_else_can_be_made() {
    let bodies = bodies();
    let made = Arc::new(AtomicUsize::new(0));
    let absent = Page::Product(Slug::parse("absent").expect("a slug"));
    let not_there = || async { Err(NotMade::NotFound("not there")) };
    assert!(bodies.get(StoreId::MAIN, absent.clone(), at(0), not_there).await.is_err());
    assert_eq!(ask(&bodies, &made, at(0), Some(at(10))).await, 1);

    let failing = || async { Err(NotMade::Unavailable("the database is away".into())) };
    let shown =
        bodies.get(StoreId::MAIN, Page::Categories, at(10), failing).await.expect("the page that was made last");
    assert_eq!((shown.len(), shown.age()), (1, Some(Duration::from_secs(10))));
    let said = bodies.get(StoreId::MAIN, absent, at(5000), failing).await.err();
    assert_eq!(said.map(|error| error.status().as_u16()), Some(503), "it may have come since");

    assert_eq!(ask(&bodies, &made, at(11), None).await, 2);
    let shown = bodies.get(StoreId::MAIN, Page::Categories, at(12), failing).await.expect("a page");
    assert_eq!((shown.len(), shown.age()), (2, None));
}

#[tokio::test]
async fn a_page_is_kept_as_last_known_longer_than_as_fresh_and_an_absence_or_a_listing_is_not() {
    let freshness = bodies().0.freshness;
    let kept = |page: &Page, answer| {
        let kept = Kept { answer, until: None, made_at: at(0), is_renewed: AtomicBool::new(false) };
        moka::Expiry::expire_after_create(
            &freshness,
            &(StoreId::MAIN, 0, page.clone()),
            &Arc::new(kept),
            Instant::now(),
        )
    };
    let there = || Ok(Document::json("x"));
    let product = Page::Product(Slug::parse("shirt").expect("a slug"));
    for page in [&product, &Page::Categories] {
        assert_eq!(kept(page, there()), Some(freshness.last_known));
        assert_eq!(kept(page, Err(NotMade::NotFound("not there"))), Some(freshness.product));
    }
    assert_eq!(kept(&Page::Listing("q=shirt".into()), there()), Some(freshness.listing));
}
