//! Changes are heard, and the offers in memory are those of the database.

use super::*;

#[test]
fn each_change_is_heard_once_and_forgets_the_offers_it_touched() {
    let shop = Shop::new();
    let offers = shop.catalog.offers();
    let get = |name: &str| shop.fixture.block_on(offers.get_one(STORE, &sku(name))).expect("an answer");
    assert_eq!(get("LAMP"), None);
    assert_eq!(offers.get_cached(STORE, &sku("LAMP")), Cached::Absent);

    let (product, variant) = shop.product("Lamp", "LAMP");
    let expected = Changed { products: [product.id].into(), skus: [sku("LAMP")].into(), ..Changed::default() };
    assert_eq!(shop.heard(), [expected]);
    assert_eq!(get("LAMP").map(|offer| offer.price.price_minor), Some(900));
    assert!(matches!(offers.get_cached(STORE, &sku("LAMP")), Cached::Offer(_)));
    assert_eq!(offers.get_cached_by_variant(variant.id).map(|offer| offer.sku.clone()), Some(sku("LAMP")));

    let patch = VariantPatch { price: Some(inr(500)), ..VariantPatch::default() };
    shop.fixture.block_on(shop.catalog.change_variant(STORE, variant.id, 1, patch)).expect("seen at 1");
    assert_eq!(get("LAMP").map(|offer| offer.price.price_minor), Some(500));

    let patch = ProductPatch { title: Some("Torch".to_owned()), ..ProductPatch::default() };
    shop.fixture.block_on(shop.catalog.change_product(STORE, product.id, 1, patch)).expect("seen at 1");
    assert_eq!(get("LAMP").map(|offer| offer.title.clone()), Some("Torch".to_owned()));
    shop.heard();

    let patch = VariantPatch { sku: Some("TORCH".to_owned()), ..VariantPatch::default() };
    shop.fixture.block_on(shop.catalog.change_variant(STORE, variant.id, 2, patch)).expect("seen at 2");
    assert_eq!(shop.heard()[0].skus, [sku("LAMP"), sku("TORCH")].into());
    assert_eq!(get("LAMP"), None);
    let by_variant = shop.fixture.block_on(offers.get_by_variant(&[VariantId::from_uuid(Uuid::nil()), variant.id]));
    let by_variant = by_variant.expect("an answer");
    assert_eq!(by_variant[0], None);
    assert_eq!(by_variant[1].as_ref().map(|offer| offer.sku.clone()), Some(sku("TORCH")));

    // A refused change says nothing.
    let stale = shop.fixture.block_on(shop.catalog.archive_variant(STORE, variant.id, 1));
    assert!(stale.is_err());
    assert_eq!(shop.heard(), []);
}

#[test]
fn another_process_s_change_is_heard_through_the_outbox() {
    let shop = Shop::new();
    let (_, variant) = shop.product("Lamp", "LAMP");
    let elsewhere = Catalog::new(shop.fixture.database.clone(), shop.fixture.clock.clone(), shop.fixture.ids.clone());
    let price = |catalog: &Catalog| {
        let offer = shop.fixture.block_on(catalog.offers().get_one(STORE, &sku("LAMP"))).expect("an answer");
        offer.expect("an offer").price.price_minor
    };
    assert_eq!(price(&elsewhere), 900);
    let patch = VariantPatch { price: Some(inr(500)), ..VariantPatch::default() };
    shop.fixture.block_on(shop.catalog.change_variant(STORE, variant.id, 1, patch)).expect("seen at 1");
    assert_eq!(price(&elsewhere), 900, "it has not heard yet");
    for changed in shop.heard() {
        elsewhere.heard(STORE, &changed);
    }
    assert_eq!(price(&elsewhere), 500);
}

#[test]
fn what_another_store_changes_leaves_the_offers_of_this_one_in_memory() {
    let shop = Shop::new();
    shop.product("Lamp", "LAMP");
    let offers = shop.catalog.offers();
    shop.fixture.block_on(offers.get_one(STORE, &sku("LAMP"))).expect("an answer");
    let rates = Changed { tax_classes: [Code::parse("standard").expect("a code")].into(), ..Changed::default() };
    shop.catalog.heard(StoreId::from_uuid(Uuid::from_u128(9)), &rates);
    assert!(matches!(offers.get_cached(STORE, &sku("LAMP")), Cached::Offer(_)));
    shop.catalog.heard(STORE, &rates);
    assert_eq!(offers.get_cached(STORE, &sku("LAMP")), Cached::Missing);
}

#[test]
fn many_who_miss_at_once_are_all_answered() {
    let shop = Shop::new();
    for n in 0..20 {
        shop.product(&format!("Lamp {n}"), &format!("LAMP-{n}"));
    }
    let offers = shop.catalog.offers();
    let asks = (0..400).map(|n| async move {
        let wanted = [sku(&format!("LAMP-{}", n % 25)), sku(&format!("LAMP-{}", (n + 7) % 25))];
        let found = offers.get(STORE, &wanted).await.expect("an answer");
        for (wanted, found) in wanted.iter().zip(found) {
            let number: usize = wanted.as_str()[5..].parse().expect("a number");
            assert_eq!(found.map(|offer| offer.sku.clone()), (number < 20).then(|| wanted.clone()));
        }
    });
    shop.fixture.block_on(futures_util::future::join_all(asks));
}

#[test]
fn the_whole_catalogue_is_read_page_by_page() {
    let shop = Shop::new();
    let ids: Vec<ProductId> = (0..7)
        .map(|n| {
            shop.fixture.clock.advance(TimeDelta::milliseconds(1));
            shop.product(&format!("Lamp {n}"), &format!("LAMP-{n}")).0.id
        })
        .collect();
    let (mut read, mut after) = (Vec::new(), None);
    loop {
        let page = shop.fixture.block_on(shop.catalog.product_page_after(STORE, after, 3)).expect("a page");
        assert!(page.iter().all(|detail| detail.variants.len() == 1));
        let Some(last) = page.last() else { break };
        after = Some(last.product.id);
        read.extend(page.iter().map(|detail| detail.product.id));
    }
    assert_eq!(read, ids);
    let some = shop.fixture.block_on(shop.catalog.product_details(STORE, vec![ids[5], ids[2]])).expect("two");
    assert_eq!(some.iter().map(|detail| detail.product.id).collect::<Vec<_>>(), [ids[2], ids[5]]);
}
