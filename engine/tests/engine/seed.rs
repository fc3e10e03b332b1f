//! The demo shop: made once, made again without a difference, and its flash sale armed anew.

use chrono::TimeDelta;
use engine::catalog::{PurchaseLimit, Slug, VariantPatch};
use engine::checkout::Want;
use engine::clock::Clock;
use engine::id::StoreId;
use engine::money::{Currency, Money};
use engine::quantity::Quantity;
use engine::seed::{DemoSale, Seeded, arm, is_empty, seed};

use crate::shop::Shop;

const STORE: StoreId = StoreId::MAIN;

fn seed_shop(shop: &Shop) -> Seeded {
    shop.fixture.block_on(seed(shop.engine.catalog(), shop.engine.stockroom(), STORE)).expect("the demo fits")
}

fn arm_shop(shop: &Shop) -> DemoSale {
    let now = shop.fixture.clock.now();
    shop.fixture.block_on(arm(shop.engine.catalog(), shop.engine.stockroom(), STORE, now)).expect("armed")
}

#[test]
fn seeding_again_makes_nothing_new_and_leaves_stock_alone() {
    let shop = Shop::open();
    assert!(shop.fixture.block_on(is_empty(shop.engine.catalog(), STORE)).expect("an answer"));
    let first = seed_shop(&shop);
    assert!(first.products >= 190 && first.variants > first.products && first.stocked == first.variants, "{first:?}");
    assert!(!shop.fixture.block_on(is_empty(shop.engine.catalog(), STORE)).expect("an answer"));
    let tree = shop.fixture.block_on(shop.engine.catalog().category_tree(STORE)).expect("a tree");
    assert_eq!(tree.len(), 6);
    assert!(tree.iter().all(|root| !root.children.is_empty()));
    let apparel = Slug::parse("shirts").expect("a slug");
    let shirts = shop.fixture.block_on(shop.engine.catalog().category_detail(STORE, &apparel)).expect("a page");
    assert_eq!(
        shirts.attributes.iter().map(|definition| definition.key.as_str()).collect::<Vec<_>>(),
        ["size", "color"]
    );

    let before = shop.fixture.block_on(shop.engine.catalog().product_page_after(STORE, None, 1000)).expect("a page");
    let again = seed_shop(&shop);
    assert_eq!(again, Seeded { stocked: 0, ..first });
    let after = shop.fixture.block_on(shop.engine.catalog().product_page_after(STORE, None, 1000)).expect("a page");
    assert_eq!(after, before);
    assert_eq!(before.len(), first.products);
}

#[test]
fn the_demo_sale_opens_a_minute_after_each_start_with_a_hundred_units() {
    let shop = Shop::open();
    let sale = arm_shop(&shop);
    assert_eq!((sale.opens_at - shop.fixture.clock.now(), sale.units), (TimeDelta::seconds(60), 100));
    let offer = shop.fixture.block_on(shop.engine.offers().get_one(STORE, &sale.sku)).expect("an answer");
    let offer = offer.expect("an offer");
    assert_eq!(offer.purchase_limit, Some(PurchaseLimit { max: 1, window_s: None }));
    assert_eq!((offer.on_sale_from, offer.sellable), (Some(sale.opens_at), true));
    assert_eq!(shop.level(offer.variant_id).on_hand, 100);

    let want = [Want { sku: sale.sku.clone(), quantity: Quantity::wanted(1).expect("one") }];
    assert!(shop.place(shop.buy(1, "early", &want)).is_err());
    shop.fixture.clock.advance(TimeDelta::seconds(60));
    shop.place(shop.buy(1, "in time", &want)).expect("it is open");
    assert!(shop.place(shop.buy(1, "one more", &want)).is_err());

    // Somebody played with the price; the next start puts the sale back and keeps what is promised.
    let patch = VariantPatch { price: Some(Money::new(100, Currency::INR)), ..VariantPatch::default() };
    shop.fixture.block_on(shop.engine.catalog().change_variant(STORE, offer.variant_id, 1, patch)).expect("seen at 1");
    let again = arm_shop(&shop);
    assert_eq!(again.opens_at - sale.opens_at, TimeDelta::seconds(60));
    let level = shop.level(offer.variant_id);
    assert_eq!((level.on_hand, level.reserved), (101, 1));
    let rearmed = shop.fixture.block_on(shop.engine.offers().get_one(STORE, &sale.sku)).expect("an answer");
    let rearmed = rearmed.expect("an offer");
    assert_eq!((rearmed.variant_id, rearmed.price), (offer.variant_id, offer.price));
    assert_eq!(rearmed.on_sale_from, Some(again.opens_at));
}
