//! The catalogue over PostgreSQL: what is written is read back, what is wrong is told by its field, what changed is heard.

use chrono::TimeDelta;
use engine::catalog::{
    AttributeDefinition, AttributeKind, AttributeValue, Attributes, Brand, BrandDraft, BrandPatch, Cached, Catalog,
    Category, CategoryDraft, CategoryNode, CategoryPatch, Changed, Error, Media, PriceNow, ProductDraft, ProductPatch,
    ProductStatus, PurchaseLimit, SaleDraft, Sku, Slug, VariantDraft, VariantPatch,
};
use engine::clock::Clock;
use engine::error::{Coded, ErrorCode};
use engine::id::{ProductId, StoreId, VariantId};
use engine::money::{Currency, Money};
use engine::postgres::schema::outbox;
use uuid::Uuid;

use crate::fixture::Fixture;

const STORE: StoreId = StoreId::MAIN;

struct Shop {
    catalog: Catalog,
    fixture: Fixture,
}

impl Shop {
    fn new() -> Self {
        let fixture = Fixture::new();
        let catalog = Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone());
        Self { catalog, fixture }
    }

    fn category(&self, name: &str, parent: Option<&Category>) -> Category {
        let parent = parent.map(|parent| parent.slug.to_string());
        let draft = CategoryDraft { name: name.to_owned(), parent, ..CategoryDraft::default() };
        self.fixture.block_on(self.catalog.create_category(STORE, draft)).expect("a category")
    }

    fn brand(&self, name: &str) -> Brand {
        let draft = BrandDraft { name: name.to_owned(), slug: None };
        self.fixture.block_on(self.catalog.create_brand(STORE, draft)).expect("a brand")
    }

    fn category_of(&self, category: &Category) -> Category {
        self.fixture.block_on(self.catalog.category(STORE, category.id)).expect("a category")
    }

    /// An active product with one variant.
    fn product(&self, title: &str, sku: &str) -> (engine::catalog::Product, engine::catalog::Variant) {
        let draft = ProductDraft {
            title: title.to_owned(),
            status: ProductStatus::Active,
            variants: vec![VariantDraft::new(sku, inr(900))],
            ..ProductDraft::default()
        };
        let (product, mut variants) =
            self.fixture.block_on(self.catalog.create_product(STORE, draft)).expect("a product");
        (product, variants.pop().expect("its variant"))
    }

    /// What the outbox says since the last time.
    fn heard(&self) -> Vec<Changed> {
        use diesel::prelude::*;
        use diesel_async::RunQueryDsl;
        self.fixture.block_on(async {
            let mut connection = self.fixture.database.connection().await.expect("a connection");
            let rows: Vec<serde_json::Value> = diesel::delete(outbox::table.filter(outbox::topic.eq("catalog")))
                .returning(outbox::payload)
                .get_results(&mut connection)
                .await
                .expect("rows");
            rows.into_iter().map(|row| serde_json::from_value(row).expect("a payload")).collect()
        })
    }
}

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR)
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).expect("a SKU")
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// The wrong fields as `pointer code`.
fn wrong<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect(),
        other => panic!("not a matter of fields: {other:?}"),
    }
}

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

#[test]
fn a_moved_category_takes_its_subtree_along() {
    let shop = Shop::new();
    let root = shop.category("Apparel", None);
    let shirts = shop.category("Shirts", Some(&root));
    let tees = shop.category("Tees", Some(&shirts));
    let other = shop.category("Sale", None);
    let like = shop.category("Shirts Plus", Some(&root));
    shop.heard();

    let move_to = |category: &Category, parent: Option<&str>| {
        let version = shop.category_of(category).version;
        let patch = CategoryPatch { parent: Some(parent.map(str::to_owned)), ..CategoryPatch::default() };
        shop.fixture.block_on(shop.catalog.change_category(STORE, category.id, version, patch))
    };
    assert_eq!(wrong(move_to(&shirts, Some("tees"))), ["/parent cycle"]);
    assert_eq!(wrong(move_to(&shirts, Some("shirts"))), ["/parent cycle"]);
    assert_eq!(wrong(move_to(&shirts, Some("nowhere"))), ["/parent unknown"]);

    let moved = move_to(&shirts, Some("sale")).expect("no circle");
    assert_eq!((moved.path.as_str(), moved.parent_id), ("sale/shirts", Some(other.id)));
    assert_eq!(shop.category_of(&tees).path, "sale/shirts/tees");
    assert_eq!(shop.category_of(&tees).version, 2);
    assert_eq!(shop.category_of(&like).path, "apparel/shirts-plus");
    let heard = shop.heard();
    assert_eq!(heard.len(), 1, "one row for the whole move");
    assert_eq!(heard[0].categories, [shirts.id, tees.id].into());

    let rename = CategoryPatch { slug: Some("tops".to_owned()), ..CategoryPatch::default() };
    shop.fixture.block_on(shop.catalog.change_category(STORE, shirts.id, 2, rename)).expect("free");
    assert_eq!(shop.category_of(&tees).path, "sale/tops/tees");
    assert_eq!(move_to(&shirts, None).expect("the root").path, "tops");
    assert_eq!(shop.category_of(&tees).path, "tops/tees");

    let tree = shop.fixture.block_on(shop.catalog.category_tree(STORE)).expect("a tree");
    fn told(nodes: &[CategoryNode]) -> String {
        let told: Vec<String> =
            nodes.iter().map(|node| format!("{}({})", node.category.slug, told(&node.children))).collect();
        told.join(" ")
    }
    assert_eq!(told(&tree), "apparel(shirts-plus()) sale() tops(tees())");
    let detail = shop.fixture.block_on(shop.catalog.category_detail(STORE, &slug("tees"))).expect("a page");
    assert_eq!(detail.ancestors.len(), 1);
    let detail = shop.fixture.block_on(shop.catalog.category_detail(STORE, &slug("tops"))).expect("a page");
    assert_eq!(detail.children.iter().map(|child| child.id).collect::<Vec<_>>(), [tees.id]);
}

#[test]
fn two_moves_at_once_do_not_close_a_circle() {
    let shop = Shop::new();
    let (one, other) = (shop.category("One", None), shop.category("Other", None));
    let below =
        |parent: &Category| CategoryPatch { parent: Some(Some(parent.id.to_string())), ..CategoryPatch::default() };
    let (first, second) = shop.fixture.block_on(async {
        futures_util::join!(
            shop.catalog.change_category(STORE, one.id, 1, below(&other)),
            shop.catalog.change_category(STORE, other.id, 1, below(&one)),
        )
    });
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|done| **done).count(), 1, "{first:?} {second:?}");
}

#[test]
fn what_still_shows_something_is_not_archived() {
    let shop = Shop::new();
    let root = shop.category("Apparel", None);
    let leaf = shop.category("Shirts", Some(&root));
    let brand = shop.brand("Acme");
    let draft = ProductDraft {
        title: "T-Shirt".to_owned(),
        brand: Some(brand.id.to_string()),
        category: Some("shirts".to_owned()),
        status: ProductStatus::Active,
        variants: vec![VariantDraft::new("T", inr(1))],
        ..ProductDraft::default()
    };
    let (product, _) = shop.fixture.block_on(shop.catalog.create_product(STORE, draft.clone())).expect("a product");
    let archive = |category: &Category| {
        shop.fixture.block_on(shop.catalog.archive_category(STORE, category.id, shop.category_of(category).version))
    };
    let in_use = |error: Error| {
        let Error::InUse { of, count, .. } = error else { panic!("{error}") };
        format!("{count} {of}")
    };
    assert_eq!(in_use(archive(&root).expect_err("a child")), "1 subcategories that are not archived");
    assert_eq!(in_use(archive(&leaf).expect_err("a product")), "1 active products");
    let kept = shop.fixture.block_on(shop.catalog.archive_brand(STORE, brand.id, 1)).expect_err("a product");
    assert_eq!(in_use(kept), "1 active products");

    shop.fixture.block_on(shop.catalog.archive_product(STORE, product.id, 1)).expect("it was active");
    let leaf = archive(&leaf).expect("nothing shows in it");
    archive(&root).expect("nothing hangs below it");
    let brand = shop.fixture.block_on(shop.catalog.archive_brand(STORE, brand.id, 1)).expect("nothing carries it");
    assert_eq!(shop.fixture.block_on(shop.catalog.category_tree(STORE)).expect("a tree"), []);
    assert_eq!(shop.fixture.block_on(shop.catalog.live_brands(STORE)).expect("brands"), []);
    let hidden = shop.fixture.block_on(shop.catalog.category_detail(STORE, &slug("shirts"))).expect_err("archived");
    assert_eq!(hidden.code(), ErrorCode::NotFound);

    let draft = ProductDraft { variants: vec![VariantDraft::new("U", inr(1))], ..draft };
    let told = wrong(shop.fixture.block_on(shop.catalog.create_product(STORE, draft)));
    assert_eq!(told, ["/brand archived", "/category archived"]);
    let told = wrong(shop.fixture.block_on(shop.catalog.restore_category(STORE, leaf.id, leaf.version)));
    assert_eq!(told, ["/parent archived"]);
    shop.fixture.block_on(shop.catalog.restore_brand(STORE, brand.id, brand.version)).expect("a brand has no parent");
}

#[test]
fn what_a_category_defines_holds_below_it() {
    let shop = Shop::new();
    let root = shop.category("Apparel", None);
    let leaf = shop.category("Shirts", Some(&root));
    let size = AttributeDefinition {
        key: "size".to_owned(),
        label: "Size".to_owned(),
        kind: AttributeKind::Enum { values: vec!["S".to_owned(), "M".to_owned()] },
        unit: None,
        filterable: true,
    };
    let patch = CategoryPatch { attributes: Some(vec![size.clone()]), ..CategoryPatch::default() };
    shop.fixture.block_on(shop.catalog.change_category(STORE, root.id, 1, patch)).expect("definitions");
    let detail = shop.fixture.block_on(shop.catalog.category_detail(STORE, &leaf.slug)).expect("a page");
    assert_eq!(detail.attributes, [size]);

    let sized = |sku: &str, size: &str| VariantDraft {
        attributes: Attributes::from([("size".to_owned(), AttributeValue::Text(size.to_owned()))]),
        ..VariantDraft::new(sku, inr(100))
    };
    let draft = ProductDraft {
        title: "Shirt".to_owned(),
        category: Some("shirts".to_owned()),
        variants: vec![sized("S", "S"), sized("X", "XXL")],
        ..ProductDraft::default()
    };
    let told = wrong(shop.fixture.block_on(shop.catalog.create_product(STORE, draft.clone())));
    assert_eq!(told, ["/variants/1/attributes/size wrong_type"]);
    let draft = ProductDraft { variants: vec![sized("S", "S")], ..draft };
    let (product, variants) = shop.fixture.block_on(shop.catalog.create_product(STORE, draft)).expect("a product");
    let told = wrong(shop.fixture.block_on(shop.catalog.create_variant(STORE, product.id, sized("X", "XXL"))));
    assert_eq!(told, ["/attributes/size wrong_type"]);

    // The category changes its mind: what is not touched is not judged again.
    let patch = CategoryPatch {
        attributes: Some(vec![AttributeDefinition {
            key: "size".to_owned(),
            label: "Size".to_owned(),
            kind: AttributeKind::Number,
            unit: None,
            filterable: true,
        }]),
        ..CategoryPatch::default()
    };
    shop.fixture.block_on(shop.catalog.change_category(STORE, root.id, 2, patch)).expect("definitions");
    let price = VariantPatch { price: Some(inr(90)), ..VariantPatch::default() };
    shop.fixture.block_on(shop.catalog.change_variant(STORE, variants[0].id, 1, price)).expect("only the price");
    let attributes = VariantPatch { attributes: Some(sized("S", "M").attributes), ..VariantPatch::default() };
    let told = wrong(shop.fixture.block_on(shop.catalog.change_variant(STORE, variants[0].id, 2, attributes)));
    assert_eq!(told, ["/attributes/size wrong_type"]);
}

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
