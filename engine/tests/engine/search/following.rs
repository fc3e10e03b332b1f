//! What is found follows what the shop becomes.

use super::*;

#[test]
fn a_product_is_found_by_all_that_it_is() {
    let shop = Shop::new();
    let run = |work| shop.fixture.block_on(work);
    let definition = |key: &str, filterable| AttributeDefinition {
        key: key.to_owned(),
        label: format!("The {key}"),
        kind: AttributeKind::Text,
        unit: None,
        filterable,
    };
    let apparel = CategoryDraft {
        name: "Apparel".to_owned(),
        attributes: vec![definition("size", true), definition("washing", false)],
        ..CategoryDraft::default()
    };
    let _ = run(shop.catalog.create_category(STORE, apparel)).expect("a category");
    let shirts = CategoryDraft { name: "Shirts".to_owned(), parent: Some("apparel".to_owned()), ..Default::default() };
    let _ = shop.fixture.block_on(shop.catalog.create_category(STORE, shirts)).expect("a category");
    let acme = BrandDraft { name: "Acme Co".to_owned(), slug: None };
    let _ = shop.fixture.block_on(shop.catalog.create_brand(STORE, acme)).expect("a brand");
    // Each in another way: what has one value alone is offered by nobody.
    let sized = |sku: &str, size: &str, washing: &str, price: i64| VariantDraft {
        attributes: Attributes::from([("size".to_owned(), text(size)), ("washing".to_owned(), text(washing))]),
        barcode: Some(format!("400638133393{size}")),
        ..VariantDraft::new(sku, inr(price))
    };
    let specs = serde_json::json!({ "collar": "button-down", "box": ["shirt", "bag"] });
    let (product, _) = shop.product(ProductDraft {
        title: "Oxford".to_owned(),
        description: "For the office.".to_owned(),
        brand: Some("acme-co".to_owned()),
        category: Some("shirts".to_owned()),
        specs: specs.as_object().expect("an object").clone(),
        tags: vec!["bestseller".to_owned()],
        variants: vec![sized("OX-M", "M", "cold", 99_900), sized("OX-L", "L", "warm", 89_900)],
        ..ProductDraft::default()
    });
    shop.product(titled("Lamp", "L-1"));

    let mut kept = Kept::open(&shop);
    kept.catch_up();
    for text in
        ["oxford", "office", "acme", "shirts", "apparel", "button-down", "bestseller", "cold", "OX-L", "400638133393M"]
    {
        assert_eq!(kept.titles(text), ["Oxford"], "{text}");
    }
    let attributes = [("size".to_owned(), vec!["M".to_owned()])].into();
    let categories = vec!["apparel".to_owned()];
    let filters = Filters { attributes, categories, price_max: Some(89_900), ..Filters::default() };
    let page = kept.find(Query { filters, facets: true, ..Query::default() });
    assert_eq!(page.total, 1);
    assert_eq!(page.hits[0].id, product.id.to_string());
    let card: engine::search::Card = serde_json::from_str(&page.hits[0].stored).expect("a card");
    assert_eq!((card.price_minor, card.sku.as_str(), card.variants), (89_900, "OX-L", 2));
    assert_eq!(card.category.map(|category| category.slug), Some("shirts".to_owned()));
    let facets: Vec<(&str, &str)> =
        page.facets.iter().map(|facet| (facet.key.as_str(), facet.label.as_str())).collect();
    assert!(facets.contains(&("attr.size", "The size")), "{facets:?}");
    assert!(!facets.iter().any(|(key, _)| *key == "attr.washing"), "{facets:?}");
}

#[test]
fn changes_are_followed_and_what_is_not_for_sale_is_gone() {
    let shop = Shop::new();
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.titles(""), [""; 0]);

    let (lamp, variants) = shop.product(titled("Lamp", "L-1"));
    shop.product(titled("Table", "T-1"));
    kept.catch_up();
    assert_eq!(kept.titles(""), ["Lamp", "Table"]);

    let lamp = shop.change(&lamp, ProductPatch { title: Some("Lantern".to_owned()), ..ProductPatch::default() });
    let price = VariantPatch { price: Some(inr(80_000)), ..VariantPatch::default() };
    let changed = shop.catalog.change_variant(STORE, variants[0].id, variants[0].version, price);
    shop.fixture.block_on(changed).expect("a change");
    kept.catch_up();
    assert_eq!((kept.titles("lantern"), kept.price("lantern")), (vec!["Lantern".to_owned()], 80_000));
    assert_eq!(kept.titles("lamp"), [""; 0]);

    let lamp = shop.change(&lamp, ProductPatch { status: Some(ProductStatus::Draft), ..ProductPatch::default() });
    kept.catch_up();
    assert_eq!(kept.titles(""), ["Table"]);
    shop.change(&lamp, ProductPatch { status: Some(ProductStatus::Active), ..ProductPatch::default() });
    kept.catch_up();
    assert_eq!(kept.titles(""), ["Lantern", "Table"]);
}

#[test]
fn a_renamed_brand_or_category_is_renamed_on_all_its_products() {
    let shop = Shop::new();
    let brand = BrandDraft { name: "Acme".to_owned(), slug: None };
    let brand = shop.fixture.block_on(shop.catalog.create_brand(STORE, brand)).expect("a brand");
    let root = CategoryDraft { name: "Apparel".to_owned(), ..CategoryDraft::default() };
    let root = shop.fixture.block_on(shop.catalog.create_category(STORE, root)).expect("a category");
    let leaf = CategoryDraft { name: "Shirts".to_owned(), parent: Some("apparel".to_owned()), ..Default::default() };
    shop.fixture.block_on(shop.catalog.create_category(STORE, leaf)).expect("a category");
    let of = |title: &str, sku: &str| ProductDraft {
        brand: Some("acme".to_owned()),
        category: Some("shirts".to_owned()),
        ..titled(title, sku)
    };
    shop.product(of("Oxford", "O-1"));
    shop.product(of("Polo", "P-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();

    let name = BrandPatch { name: Some("Zenith".to_owned()), ..BrandPatch::default() };
    shop.fixture.block_on(shop.catalog.change_brand(STORE, brand.id, brand.version, name)).expect("a change");
    kept.catch_up();
    assert_eq!(kept.titles("zenith"), ["Oxford", "Polo"]);
    let name = CategoryPatch { name: Some("Garments".to_owned()), ..CategoryPatch::default() };
    shop.fixture.block_on(shop.catalog.change_category(STORE, root.id, root.version, name)).expect("a change");
    kept.catch_up();
    assert_eq!(kept.titles("garments"), ["Oxford", "Polo"]);
    assert_eq!(kept.titles("acme"), [""; 0]);
}

#[test]
fn stock_is_seen_as_the_policy_allows_without_a_commit() {
    let shop = Shop::new();
    let (_, lamp) = shop.product(titled("Lamp", "L-1"));
    let hidden = ProductDraft { availability: AvailabilityPolicy::Hidden, ..titled("Table", "T-1") };
    let (_, table) = shop.product(hidden);
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.availability("lamp"), Availability::SoldOut);
    let mut check = |on_hand, reserved, of_lamp, of_table| {
        shop.stock(&lamp[0], on_hand, reserved);
        shop.stock(&table[0], on_hand, reserved);
        kept.step();
        assert_eq!(
            (kept.availability("lamp"), kept.availability("table")),
            (of_lamp, of_table),
            "{on_hand}, {reserved}"
        );
    };
    check(100, 0, Availability::InStock, Availability::InStock);
    check(100, 95, Availability::Low, Availability::InStock);
    check(100, 100, Availability::SoldOut, Availability::SoldOut);
    check(100, 40, Availability::InStock, Availability::InStock);
}

/// What the journal really says of an order is understood.
#[test]
fn orders_that_sell_a_product_out_are_seen_in_the_search() {
    let open = shop::Shop::open();
    open.item("LAMP", 6);
    let dir = tempfile::tempdir().expect("a directory");
    let settings = settings(dir.path());
    let engine = &open.engine;
    let sources = Sources::new(engine.database().clone(), engine.catalog().clone(), Arc::clone(engine.clock()));
    let search = Search::start(sources, &settings).expect("a search");
    let wait_for = |availability: Availability| {
        testdb::eventually(availability.name(), || {
            let found = search.search(STORE, Query { text: "lamp".to_owned(), ..Query::default() }).ok()?;
            found.products.first().filter(|listed| listed.availability == availability).map(|_| ())
        });
    };
    wait_for(Availability::InStock);
    open.place(open.buy(1, "first", &[shop::want("LAMP", 2)])).expect("an order");
    wait_for(Availability::Low);
    open.place(open.buy(2, "second", &[shop::want("LAMP", 4)])).expect("an order");
    wait_for(Availability::SoldOut);
    open.fixture.block_on(search.close());
    // It reads with the rights of the shop, also what says how far it is.
    open.assert_books_balance();
}

#[test]
fn prices_change_by_schedule() {
    let shop = Shop::new();
    let now = shop.fixture.clock.now();
    let sale = SaleDraft {
        price: inr(50_000),
        starts_at: Some(now + TimeDelta::minutes(1)),
        ends_at: Some(now + TimeDelta::minutes(3)),
    };
    let variant = VariantDraft { sale: Some(sale), ..VariantDraft::new("L-1", inr(90_000)) };
    shop.product(ProductDraft { variants: vec![variant], ..titled("Lamp", "") });
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.price("lamp"), 90_000);
    shop.fixture.clock.advance(TimeDelta::minutes(1));
    kept.catch_up();
    assert_eq!(kept.price("lamp"), 50_000);
    // It ends while nobody is there to see it.
    drop(kept);
    shop.fixture.clock.advance(TimeDelta::minutes(2));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!((kept.price("lamp"), kept.generation()), (90_000, 1));
}

#[test]
fn the_outbox_may_forget_stock_that_was_heard_long_ago_and_silence_costs_no_commit() {
    let shop = Shop::new();
    let (_, lamp) = shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    let outbox = engine::outbox::Outbox::new(shop.fixture.database.clone());
    let consumer = kept.consumer();
    let cursor = || shop.fixture.block_on(outbox.cursor(&consumer)).expect("an answer").expect("a cursor");
    let built = cursor();
    shop.stock(&lamp[0], 9, 0);
    kept.step();
    assert_eq!(cursor(), built, "stock alone is not worth a commit");
    shop.fixture.clock.advance(TimeDelta::minutes(2));
    kept.step();
    assert!(cursor() > built, "but the outbox need not keep it for ever");
    let committed = kept.watermark();
    shop.fixture.clock.advance(TimeDelta::minutes(2));
    kept.step();
    // The position alone would not tell: another's transaction may hold it where it is.
    assert_eq!(kept.watermark(), committed, "nothing was heard");
}

#[test]
fn two_servers_keep_an_index_each_and_do_not_disturb_each_other() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let elsewhere = tempfile::tempdir().expect("a directory");
    let mut ahead = Kept::open(&shop);
    let mut behind = Kept::open_in(&shop, elsewhere.path());
    ahead.catch_up();
    behind.catch_up();
    assert_ne!(ahead.consumer(), behind.consumer());
    shop.product(titled("Table", "T-1"));
    ahead.catch_up();
    // It begins where its own index was left, though the other is further; what it needs is still there.
    drop(behind);
    let outbox = engine::outbox::Outbox::new(shop.fixture.database.clone());
    let later = engine::clock::SystemClock.now() + TimeDelta::days(1);
    shop.fixture.block_on(outbox.prune(later)).expect("pruned");
    let mut behind = Kept::open_in(&shop, elsewhere.path());
    behind.catch_up();
    let both = vec!["Lamp".to_owned(), "Table".to_owned()];
    assert_eq!((behind.titles(""), behind.generation()), (both, 1), "brought up to date, not built anew");
}

#[test]
fn an_index_of_a_shop_where_nothing_happens_is_not_forgotten() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    shop.fixture.own.sql("update outbox_cursors set updated_at = now() - interval '5 days'");
    shop.fixture.clock.advance(TimeDelta::hours(2));
    kept.step();
    let outbox = engine::outbox::Outbox::new(shop.fixture.database.clone());
    shop.fixture.block_on(outbox.prune(shop.fixture.clock.now())).expect("pruned");
    assert!(shop.fixture.block_on(outbox.cursor(&kept.consumer())).expect("an answer").is_some());
}
