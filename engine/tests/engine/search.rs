//! The search over PostgreSQL: what the catalogue and the stock become is found, whatever happened to the index meanwhile.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::catalog::{
    AttributeDefinition, AttributeKind, AttributeValue, Attributes, AvailabilityPolicy, BrandDraft, BrandPatch,
    Catalog, CategoryDraft, CategoryPatch, Product, ProductDraft, ProductPatch, ProductStatus, SaleDraft, Variant,
    VariantDraft, VariantPatch,
};
use engine::clock::Clock;
use engine::id::{LocationId, StoreId};
use engine::money::{Currency, Money};
use engine::search::{
    Availability, Filters, Indexer, Progress, Query, Reindexed, Results, Search, Settings, Sort, Sources, Step, reindex,
};
use search_index::{Index, Rhythm};
use tempfile::TempDir;

use crate::fixture::Fixture;
use crate::shop;

const STORE: StoreId = StoreId::MAIN;

struct Shop {
    catalog: Catalog,
    dir: TempDir,
    fixture: Fixture,
}

impl Shop {
    fn new() -> Self {
        let fixture = Fixture::new();
        let catalog = Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone());
        Self { catalog, dir: tempfile::tempdir().expect("a directory"), fixture }
    }

    fn sources(&self) -> Sources {
        Sources::new(
            self.fixture.database.clone(),
            self.catalog.clone(),
            Arc::clone(&self.fixture.clock) as Arc<dyn Clock>,
        )
    }

    fn product(&self, draft: ProductDraft) -> (Product, Vec<Variant>) {
        let draft = ProductDraft { status: ProductStatus::Active, ..draft };
        self.fixture.block_on(self.catalog.create_product(STORE, draft)).expect("a product")
    }

    fn change(&self, product: &Product, patch: ProductPatch) -> Product {
        let changed = self.catalog.change_product(STORE, product.id, product.version, patch);
        self.fixture.block_on(changed).expect("a change")
    }

    /// What the journal does to stock, as far as the search hears of it.
    fn stock(&self, variant: &Variant, on_hand: i64, reserved: i64) {
        let (variant, location, store) = (variant.id, LocationId::MAIN, STORE.uuid());
        self.fixture.own.sql(format!(
            "begin;
             insert into stock_levels (variant_id, location_id, store_id, on_hand, reserved, seq)
             values ('{0}', '{1}', '{store}', {on_hand}, {reserved}, 1)
             on conflict (variant_id, location_id)
             do update set on_hand = excluded.on_hand, reserved = excluded.reserved, seq = stock_levels.seq + 1;
             insert into outbox (store_id, topic, payload) values ('{store}', 'stock',
                 '[{{\"variant\": \"{variant}\", \"location\": \"{location}\", \"sellable\": 0, \"seq\": 1}}]');
             commit",
            variant.uuid(),
            location.uuid(),
        ));
    }
}

/// An indexer that moves when told, and the index it keeps.
struct Kept<'a> {
    shop: &'a Shop,
    index: Index,
    indexer: Indexer,
}

impl<'a> Kept<'a> {
    fn open(shop: &'a Shop) -> Self {
        Self::open_in(shop, shop.dir.path())
    }

    fn open_in(shop: &'a Shop, dir: &Path) -> Self {
        let index = Index::open(dir).expect("a directory of our own");
        let indexer = Indexer::new(index.clone(), shop.sources(), Rhythm::default(), 16 << 20);
        Self { shop, index, indexer }
    }

    /// Hears all there is to hear and commits it.
    fn catch_up(&mut self) {
        while self.step() == Step::Again {}
        self.shop.fixture.block_on(self.indexer.flush()).expect("a commit");
    }

    fn step(&mut self) -> Step {
        self.shop.fixture.let_outbox_settle();
        self.shop.fixture.block_on(self.indexer.step()).expect("a step")
    }

    fn find(&self, query: Query) -> search_index::Page {
        self.index.search(&Query { store: STORE.to_string(), ..query }).expect("an answer")
    }

    fn titles(&self, text: &str) -> Vec<String> {
        let sort = vec![Sort::TitleAscending];
        let page = self.find(Query { text: text.to_owned(), sort, ..Query::default() });
        let title = |hit: &search_index::Hit| {
            let card: engine::search::Card = serde_json::from_str(&hit.stored).expect("a card");
            card.title
        };
        page.hits.iter().map(title).collect()
    }

    fn availability(&self, text: &str) -> Availability {
        self.find(Query { text: text.to_owned(), ..Query::default() }).hits[0].availability
    }

    fn price(&self, text: &str) -> i64 {
        let page = self.find(Query { text: text.to_owned(), ..Query::default() });
        let card: engine::search::Card = serde_json::from_str(&page.hits[0].stored).expect("a card");
        card.price_minor
    }

    fn generation(&self) -> u64 {
        match self.index.status() {
            search_index::Status::Ready { generation, .. } => generation,
            search_index::Status::NeedsRebuild(reason) => panic!("{reason}"),
        }
    }
}

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR)
}

fn titled(title: &str, sku: &str) -> ProductDraft {
    ProductDraft {
        title: title.to_owned(),
        variants: vec![VariantDraft::new(sku, inr(90_000))],
        ..ProductDraft::default()
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::Text(value.to_owned())
}

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
    let sized = |sku: &str, size: &str, price: i64| VariantDraft {
        attributes: Attributes::from([("size".to_owned(), text(size)), ("washing".to_owned(), text("cold"))]),
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
        variants: vec![sized("OX-M", "M", 99_900), sized("OX-L", "L", 89_900)],
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
    let settings = Settings {
        dir: dir.path().to_owned(),
        commit_interval: Duration::ZERO,
        writer_memory_bytes: 16 << 20,
        poll_interval: Duration::from_millis(5),
    };
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
    let cursor = || shop.fixture.block_on(outbox.cursor("search")).expect("an answer").expect("a cursor");
    let built = cursor();
    shop.stock(&lamp[0], 9, 0);
    kept.step();
    assert_eq!(cursor(), built, "stock alone is not worth a commit");
    shop.fixture.clock.advance(TimeDelta::minutes(2));
    kept.step();
    let later = cursor();
    assert!(later > built, "but the outbox need not keep it for ever");
    shop.fixture.clock.advance(TimeDelta::minutes(2));
    kept.step();
    assert_eq!(cursor(), later, "nothing was heard");
}

#[test]
fn it_goes_on_where_it_was_left() {
    let shop = Shop::new();
    let (_, variants) = shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    shop.product(titled("Table", "T-1"));
    // Heard, and lost before the commit.
    kept.step();
    drop(kept);
    shop.product(titled("Chair", "C-1"));
    shop.stock(&variants[0], 3, 0);
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.titles(""), ["Chair", "Lamp", "Table"]);
    assert_eq!(kept.availability("lamp"), Availability::Low);
    assert_eq!(kept.generation(), 1, "without building anew");
    drop(kept);
    // Nothing happened, but stock is only in memory and has to be told again.
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!(kept.availability("lamp"), Availability::Low);
}

#[test]
fn an_index_that_is_older_than_the_outbox_or_of_another_database_is_built_anew() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    drop(kept);
    let backup = tempfile::tempdir().expect("a directory");
    copy(shop.dir.path(), backup.path());

    shop.product(titled("Table", "T-1"));
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    drop(kept);
    // What happened since may be pruned, so the old copy cannot be brought up to date by the outbox.
    shop.fixture.own.sql("delete from outbox");
    let mut restored = Kept::open_in(&shop, backup.path());
    restored.catch_up();
    assert_eq!((restored.titles(""), restored.generation()), (vec!["Lamp".to_owned(), "Table".to_owned()], 2));
    drop(restored);

    let other = Shop::new();
    other.product(titled("Chair", "C-1"));
    // It has an index too, so that only its name can tell that this is not it.
    let outbox = engine::outbox::Outbox::new(other.fixture.database.clone());
    let saved = outbox.save_cursor("search", engine::outbox::Position::default());
    other.fixture.block_on(saved).expect("a cursor");
    let mut taken = Kept::open_in(&other, backup.path());
    taken.catch_up();
    assert_eq!(taken.titles(""), ["Chair"]);
}

#[test]
fn a_reindex_fills_a_new_generation_and_tells_how_far_it_is() {
    let shop = Shop::new();
    for n in 0..7 {
        shop.product(titled(&format!("Lamp {n}"), &format!("L-{n}")));
    }
    let told = std::cell::RefCell::new(Vec::new());
    let progress = |progress: Progress| told.borrow_mut().push((progress.done, progress.total));
    let done = shop.fixture.block_on(reindex(&shop.sources(), shop.dir.path(), &progress)).expect("a reindex");
    assert_eq!(done, Reindexed::Done(7));
    assert_eq!(*told.borrow(), [(0, 7), (7, 7)]);

    // While somebody else has the index, that one is asked.
    let mut kept = Kept::open(&shop);
    kept.catch_up();
    assert_eq!((kept.titles("").len(), kept.generation()), (7, 1));
    let asked = shop.fixture.block_on(reindex(&shop.sources(), shop.dir.path(), &|_| {})).expect("a wish");
    assert_eq!(asked, Reindexed::Requested);
    kept.catch_up();
    assert_eq!((kept.titles("").len(), kept.generation()), (7, 2));
    kept.catch_up();
    assert_eq!(kept.generation(), 2, "once");
}

#[test]
fn the_thread_builds_the_index_and_keeps_it() {
    let shop = Shop::new();
    shop.product(titled("Lamp", "L-1"));
    let settings = Settings {
        dir: shop.dir.path().join("index"),
        commit_interval: Duration::ZERO,
        writer_memory_bytes: 16 << 20,
        poll_interval: Duration::from_millis(5),
    };
    let search = Search::start(shop.sources(), &settings).expect("a search");
    let find = |text: &str| -> Option<Results> {
        let found = search.search(STORE, Query { text: text.to_owned(), ..Query::default() });
        found.ok().filter(|results| results.total == 1)
    };
    let results = testdb::eventually("the lamp", || find("lamp"));
    assert_eq!(results.products[0].card.title, "Lamp");
    shop.product(titled("Table", "T-1"));
    search.wake();
    testdb::eventually("the table", || find("table"));
    assert_eq!(shop.fixture.block_on(search.rebuild()).expect("a rebuild"), 2);
    assert!(search.is_ready());
    shop.fixture.block_on(search.close());
    drop(search);
    assert!(Index::open(settings.dir).is_ok(), "its directory is free again");
}

#[test]
fn what_was_heard_last_grows_old_while_something_is_wrong() {
    let shop = Shop::new();
    let settings = Settings {
        dir: shop.dir.path().to_path_buf(),
        commit_interval: Duration::from_millis(10),
        writer_memory_bytes: 16 << 20,
        poll_interval: Duration::from_millis(10),
    };
    let search = Search::start(shop.sources(), &settings).expect("a search");
    testdb::eventually("something heard", || search.heard());
    shop.fixture.own.sql("alter table outbox rename to mislaid");
    // A rebuild asks for the products alone; between two of them a step was tried.
    let try_a_step = || {
        for _ in 0..2 {
            shop.fixture.block_on(search.rebuild()).expect("a rebuild");
        }
    };
    try_a_step();
    let last = search.heard().expect("it is remembered");
    shop.fixture.clock.advance(TimeDelta::minutes(1));
    try_a_step();
    assert_eq!(search.heard(), Some(last));
    shop.fixture.block_on(search.close());
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).expect("a directory");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
