//! What nobody needs any more goes; what is promised stays provable.

use chrono::TimeDelta;
use engine::id::{LocationId, PrincipalId, StoreId, VariantId};
use engine::idempotency::Call;
use engine::inventory::{Changed, Command, StockChange};
use engine::pruning::Pruned;
use uuid::Uuid;

use crate::shop::{Shop, want};

fn receive(shop: &Shop, variant: VariantId, key: &str) -> Changed {
    let call = Call {
        store: StoreId::MAIN,
        principal: PrincipalId::from_uuid(Uuid::nil()),
        route: "POST /admin/stock/{sku}/receive",
        key: key.to_owned(),
        fingerprint: [1; 32],
    };
    let command = Command::Adjust {
        location: LocationId::MAIN,
        delta: 1,
        reason: "delivery".to_owned(),
        reference: None,
        received: true,
    };
    shop.fixture
        .block_on(shop.engine.stockroom().change(StockChange { variant, command }, Some(call)))
        .expect("received")
}

fn prune(shop: &Shop) -> Pruned {
    shop.fixture.block_on(shop.engine.pruning().turn()).expect("pruned")
}

#[test]
fn answers_to_keyed_requests_are_kept_for_two_days() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 1);
    receive(&shop, variant, "a");
    shop.fixture.clock.advance(TimeDelta::hours(47));
    receive(&shop, variant, "b");
    assert_eq!(prune(&shop).keys, 0);
    shop.fixture.clock.advance(TimeDelta::hours(2));
    assert_eq!(prune(&shop).keys, 1);
    let shop = shop.reopen();
    assert!(receive(&shop, variant, "b").replayed);
    assert!(!receive(&shop, variant, "a").replayed, "so late it is another request");
    shop.assert_books_balance();
}

#[test]
fn old_batches_go_and_the_newest_of_each_epoch_stays() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 1);
    for key in ["a", "b", "c"] {
        receive(&shop, variant, key);
    }
    let first_epoch = shop.engine.status().journal.epoch;
    let shop = shop.reopen();
    for key in ["d", "e"] {
        receive(&shop, variant, key);
    }
    shop.fixture.clock.advance(TimeDelta::days(6));
    receive(&shop, variant, "f");
    assert_eq!(prune(&shop).batches, 0);
    shop.fixture.clock.advance(TimeDelta::days(2));
    // Of the first epoch four, of the second two; the newest of the first stays, and what is younger than a week.
    assert_eq!(prune(&shop).batches, 3 + 2);
    assert_eq!(prune(&shop).batches, 0);
    assert_eq!(shop.sql(&format!("select number from journal_batches where epoch = {first_epoch}")), 4);
    assert_eq!(shop.sql("select count(*) from journal_batches"), 2);
    shop.assert_books_balance();

    // All of it is old: the newest stays, for it may be in doubt yet.
    shop.fixture.clock.advance(TimeDelta::days(30));
    prune(&shop);
    assert_eq!(shop.sql("select max(number) from journal_batches"), shop.sql("select last_batch from cells"));
    shop.place(shop.buy(1, "k", &[want("CUP", 1)])).expect("placed");
    shop.assert_books_balance();
    // What is missing behind the prunings is still found.
    shop.sql(
        "with gone as (update journal_prunings set pruned_to = pruned_to - 1 returning 1) select count(*) from gone",
    );
    let report = shop.fixture.block_on(engine::verify::verify(shop.fixture.url(), 3, &mut |_| {})).expect("it runs");
    let broken: Vec<_> = report.findings.iter().filter(|finding| finding.violations > 0).map(|f| f.check).collect();
    assert_eq!(broken, ["batches-gapless"]);
}

#[test]
fn an_open_shop_prunes_by_itself() {
    let shop = Shop::open();
    let variant = shop.item("CUP", 1);
    receive(&shop, variant, "a");
    shop.fixture.clock.advance(TimeDelta::days(3));
    shop.engine.start_pruning();
    shop.wait_until("the answer is forgotten", || shop.sql("select count(*) from idempotency_keys") == 0);
}
