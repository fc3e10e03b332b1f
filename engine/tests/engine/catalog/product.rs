//! Products: written, refused, changed, and who sees them.

use super::*;

#[test]
fn a_product_is_read_back_as_it_was_written() {
    let shop = Shop::new();
    let (apparel, acme) = (shop.category("Apparel", None), shop.brand("Acme"));
    let shirts = shop.category("Shirts", Some(&apparel));
    let soon = shop.fixture.clock.now() + TimeDelta::hours(1);
    let variant = VariantDraft {
        attributes: Attributes::from([("size".to_owned(), AttributeValue::Text("M".to_owned()))]),
        barcode: Some("4006381333931".to_owned()),
        mrp: Some(inr(149_900)),
        sale: Some(SaleDraft { price: inr(99_900), starts_at: Some(soon), ends_at: Some(soon + TimeDelta::hours(1)) }),
        tax_class: Some("reduced".to_owned()),
        weight_grams: 180,
        on_sale_from: Some(soon),
        purchase_limit: Some(PurchaseLimit { max: 2, window_s: Some(86_400) }),
        hold_ttl_s: Some(300),
        ..VariantDraft::new("TSHIRT-M", inr(129_900))
    };
    let draft = ProductDraft {
        title: "T-Shirt".to_owned(),
        description: "Soft.\nWarm.".to_owned(),
        brand: Some("acme".to_owned()),
        category: Some(shirts.id.to_string()),
        specs: serde_json::from_str(r#"{ "fabric": "cotton", "box": ["shirt", 1] }"#).expect("an object"),
        media: vec![Media { url: "https://img.example/1.jpg".to_owned(), alt: Some("front".to_owned()) }],
        tags: vec!["summer".to_owned(), "cotton".to_owned()],
        status: ProductStatus::Active,
        variants: vec![variant],
        ..ProductDraft::default()
    };
    let written = shop.fixture.block_on(shop.catalog.create_product(STORE, draft)).expect("a product");

    let detail = shop.fixture.block_on(shop.catalog.product_detail(STORE, &slug("t-shirt"))).expect("it is active");
    assert_eq!((detail.product.clone(), detail.variants.clone()), written);
    assert_eq!(detail.brand.as_ref().map(|brand| brand.id), Some(acme.id));
    assert_eq!(detail.categories.iter().map(|category| category.id).collect::<Vec<_>>(), [apparel.id, shirts.id]);
    assert_eq!(detail.categories[1].path, "apparel/shirts");
    assert_eq!(detail.next_boundary(shop.fixture.clock.now()), Some(soon));
    let price = PriceNow::of(&detail.variants[0].price, soon);
    assert_eq!((price.minor, price.discount_bp, price.until), (99_900, 3335, Some(soon + TimeDelta::hours(1))));

    let offers = shop.fixture.block_on(shop.catalog.offers().get(STORE, &[sku("NONE"), sku("TSHIRT-M")]));
    let offers = offers.expect("the database answers");
    assert_eq!(offers[0], None);
    let offer = offers[1].as_ref().expect("an offer");
    assert_eq!(offer.title, "T-Shirt (M)");
    assert_eq!((offer.price, offer.tax_class.as_str()), (detail.variants[0].price, "reduced"));
    assert_eq!((offer.price.tax.rate_bp, offer.price.tax.inclusive), (500, true));
    assert_eq!(offer.purchase_limit, Some(PurchaseLimit { max: 2, window_s: Some(86_400) }));
    assert_eq!((offer.hold_ttl_s, offer.on_sale_from, offer.sellable), (Some(300), Some(soon), true));
}

#[test]
fn every_wrong_field_is_told_at_once() {
    let shop = Shop::new();
    shop.product("Lamp", "LAMP");
    let draft = ProductDraft {
        title: " ".to_owned(),
        brand: Some("nobody".to_owned()),
        category: Some("cat_00000000000000000000000000000009".to_owned()),
        variants: vec![
            VariantDraft::new("LAMP", inr(1)),
            VariantDraft { weight_grams: -1, ..VariantDraft::new("NEW", inr(-1)) },
            VariantDraft::new("NEW", inr(1)),
        ],
        ..ProductDraft::default()
    };
    let mut told = wrong(shop.fixture.block_on(shop.catalog.create_product(STORE, draft)));
    told.sort();
    assert_eq!(
        told,
        [
            "/brand unknown",
            "/category unknown",
            "/title required",
            "/variants/0/sku taken",
            "/variants/1/price out_of_range",
            "/variants/1/weight_grams out_of_range",
            "/variants/2/sku duplicate",
        ]
    );
    let empty = ProductDraft { title: "A".to_owned(), status: ProductStatus::Active, ..ProductDraft::default() };
    assert_eq!(wrong(shop.fixture.block_on(shop.catalog.create_product(STORE, empty))), ["/status no_variants"]);
}

#[test]
fn names_are_unique_and_made_ones_get_a_number() {
    let shop = Shop::new();
    let (first, variant) = shop.product("Desk Lamp", "A");
    let (second, _) = shop.product("Desk Lamp", "B");
    let (third, _) = shop.product("Desk Lamp", "C");
    assert_eq!(
        [first.slug.as_str(), second.slug.as_str(), third.slug.as_str()],
        ["desk-lamp", "desk-lamp-2", "desk-lamp-3"]
    );

    let given = ProductPatch { slug: Some("desk-lamp".to_owned()), ..ProductPatch::default() };
    assert_eq!(wrong(shop.fixture.block_on(shop.catalog.change_product(STORE, second.id, 1, given))), ["/slug taken"]);
    let sku = VariantPatch { sku: Some("B".to_owned()), ..VariantPatch::default() };
    assert_eq!(wrong(shop.fixture.block_on(shop.catalog.change_variant(STORE, variant.id, 1, sku))), ["/sku taken"]);
    shop.brand("Acme");
    let twice = BrandDraft { name: "ACME".to_owned(), slug: None };
    assert_eq!(wrong(shop.fixture.block_on(shop.catalog.create_brand(STORE, twice))), ["/slug taken"]);
}

#[test]
fn a_change_needs_the_version_that_was_seen() {
    let shop = Shop::new();
    let (product, variant) = shop.product("Lamp", "LAMP");
    let retitle = || ProductPatch { title: Some("Torch".to_owned()), ..ProductPatch::default() };
    let change = |version| shop.fixture.block_on(shop.catalog.change_product(STORE, product.id, version, retitle()));
    shop.fixture.clock.advance(TimeDelta::seconds(1));
    let changed = change(1).expect("seen at 1");
    assert_eq!((changed.version, changed.title.as_str(), changed.slug.as_str()), (2, "Torch", "lamp"));
    assert_eq!(changed.updated_at - changed.created_at, TimeDelta::seconds(1));
    let stale = change(1).expect_err("it is at 2");
    assert!(matches!(stale, Error::VersionConflict { current: 2 }), "{stale}");
    assert_eq!(stale.code(), ErrorCode::Conflict);

    let price = VariantPatch { price: Some(inr(700)), ..VariantPatch::default() };
    let changed = shop.fixture.block_on(shop.catalog.change_variant(STORE, variant.id, 1, price)).expect("seen at 1");
    assert_eq!((changed.version, changed.price.price_minor, changed.price.mrp_minor), (2, 700, 900));
    let above = VariantPatch { price: Some(inr(901)), ..VariantPatch::default() };
    assert_eq!(
        wrong(shop.fixture.block_on(shop.catalog.change_variant(STORE, variant.id, 2, above))),
        ["/price above_mrp"]
    );

    let brand = shop.brand("Acme");
    let rename = BrandPatch { name: Some("Acme Ltd".to_owned()), slug: None };
    let renamed = shop.fixture.block_on(shop.catalog.change_brand(STORE, brand.id, 1, rename)).expect("seen at 1");
    assert_eq!((renamed.name.as_str(), renamed.slug.as_str(), renamed.version), ("Acme Ltd", "acme", 2));
}

#[test]
fn another_stores_things_are_not_there() {
    let shop = Shop::new();
    let (product, variant) = shop.product("Lamp", "LAMP");
    let other = StoreId::from_uuid(Uuid::from_u128(42));
    let catalog = &shop.catalog;
    let lost = |result: Result<(), Error>| assert_eq!(result.map_err(|error| error.code()), Err(ErrorCode::NotFound));
    lost(shop.fixture.block_on(catalog.product(other, product.id)).map(drop));
    lost(shop.fixture.block_on(catalog.product_detail(other, &product.slug)).map(drop));
    lost(shop.fixture.block_on(catalog.variant_by_sku(other, &variant.sku)).map(drop));
    lost(shop.fixture.block_on(catalog.archive_product(other, product.id, 1)).map(drop));
    lost(shop.fixture.block_on(catalog.change_variant(other, variant.id, 1, VariantPatch::default())).map(drop));
    assert_eq!(shop.fixture.block_on(catalog.offers().get_one(other, &variant.sku)).expect("an answer"), None);
}

#[test]
fn a_product_moves_along_its_states_and_only_an_active_one_is_public() {
    let shop = Shop::new();
    let (product, variant) = shop.product("Lamp", "LAMP");
    let to = |version, status| {
        let patch = ProductPatch { status: Some(status), ..ProductPatch::default() };
        shop.fixture.block_on(shop.catalog.change_product(STORE, product.id, version, patch))
    };
    let is_public = || shop.fixture.block_on(shop.catalog.product_detail(STORE, &slug("lamp"))).is_ok();
    let sellable = || {
        let offer = shop.fixture.block_on(shop.catalog.offers().get_one(STORE, &sku("LAMP")));
        offer.expect("an answer").expect("an offer").sellable
    };
    assert!(is_public() && sellable());
    let last = shop.fixture.block_on(shop.catalog.archive_variant(STORE, variant.id, 1)).expect_err("the last one");
    assert!(matches!(last, Error::InUse { .. }), "{last}");

    let archived = shop.fixture.block_on(shop.catalog.archive_product(STORE, product.id, 1)).expect("it was active");
    assert_eq!((archived.status, archived.version), (ProductStatus::Archived, 2));
    assert!(!is_public() && !sellable());
    let again = shop.fixture.block_on(shop.catalog.archive_product(STORE, product.id, 2)).expect("it is already");
    assert_eq!(again.version, 2);
    match to(2, ProductStatus::Active) {
        Err(Error::InvalidState { allowed, .. }) => assert_eq!(allowed, [ProductStatus::Draft]),
        other => panic!("{other:?}"),
    }
    to(2, ProductStatus::Draft).expect("back to the desk");
    assert!(!is_public() && !sellable());

    let archived = shop.fixture.block_on(shop.catalog.archive_variant(STORE, variant.id, 1)).expect("a draft's");
    assert_eq!(wrong(to(3, ProductStatus::Active)), ["/status no_variants"]);
    shop.fixture.block_on(shop.catalog.restore_variant(STORE, variant.id, archived.version)).expect("it was archived");
    to(3, ProductStatus::Active).expect("it has a variant again");
    assert!(is_public() && sellable());
}
