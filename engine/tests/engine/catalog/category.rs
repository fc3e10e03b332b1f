//! The tree of categories, and what it says about the products in it.

use super::*;

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
