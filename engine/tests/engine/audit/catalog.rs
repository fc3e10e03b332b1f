//! Changes of the catalogue.

use engine::catalog::{
    BrandDraft, BrandPatch, Catalog, CategoryDraft, CategoryPatch, Error, LocationDraft, ProductDraft, ProductPatch,
    ShippingPatch, TaxClassDraft, TaxClassPatch, VariantDraft, VariantPatch,
};
use engine::id::{PrincipalId, StoreId};
use engine::idempotency::{Call, Keyed, Made};
use engine::money::{Currency, Money};
use serde_json::json;
use uuid::Uuid;

use super::{actions, lines_of, machine};
use crate::fixture::Fixture;

const STORE: StoreId = StoreId::MAIN;

fn catalog(fixture: &Fixture) -> Catalog {
    Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone()).on_behalf_of(machine())
}

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR)
}

#[test]
fn a_change_leaves_who_did_it_and_what_is_different() {
    let fixture = Fixture::new();
    let catalog = catalog(&fixture);
    let draft = BrandDraft { slug: None, name: "Acme".to_owned() };
    let brand = fixture.block_on(catalog.create_brand(STORE, draft)).expect("made");
    let patch = BrandPatch { name: Some("Acme Ltd".to_owned()), slug: None };
    fixture.block_on(catalog.change_brand(STORE, brand.id, 1, patch)).expect("changed");
    fixture.block_on(catalog.archive_brand(STORE, brand.id, 2)).expect("archived");
    fixture.block_on(catalog.restore_brand(STORE, brand.id, 3)).expect("restored");
    let lines = lines_of(&fixture, machine().who);
    assert_eq!(actions(&lines), ["brand.create", "brand.change", "brand.archive", "brand.restore"]);
    assert!(lines.iter().all(|line| line.subject_kind == "brand" && line.subject_id == brand.id.to_string()));
    assert_eq!((lines[0].address.as_deref(), lines[0].trace_id.as_deref()), (Some("192.0.2.7"), Some("4bf92f35")));
    let made = json!({ "slug": "acme", "name": "Acme", "archived_at": null, "version": 1 });
    assert_eq!((&lines[0].before, &lines[0].after), (&None, &Some(made)));
    assert_eq!(lines[1].before, Some(json!({ "name": "Acme", "version": 1 })));
    assert_eq!(lines[1].after, Some(json!({ "name": "Acme Ltd", "version": 2 })));
    assert_eq!(lines[2].before, Some(json!({ "archived_at": null, "version": 2 })));
    assert_eq!(lines[3].after, Some(json!({ "archived_at": null, "version": 4 })));
}

#[test]
fn each_thing_of_the_shop_leaves_one_line_a_change() {
    let fixture = Fixture::new();
    let catalog = catalog(&fixture);
    fixture.block_on(async {
        let name = || "Thing".to_owned();
        let category = CategoryDraft { name: name(), ..CategoryDraft::default() };
        let category = catalog.create_category(STORE, category).await.expect("made");
        let patch = CategoryPatch { position: Some(7), ..CategoryPatch::default() };
        catalog.change_category(STORE, category.id, 1, patch).await.expect("changed");
        let variants = vec![VariantDraft::new("CUP", inr(900)), VariantDraft::new("MUG", inr(900))];
        let product = ProductDraft { title: name(), variants, ..ProductDraft::default() };
        let (product, variants) = catalog.create_product(STORE, product).await.expect("made");
        let patch = ProductPatch { title: Some("Other".to_owned()), ..ProductPatch::default() };
        catalog.change_product(STORE, product.id, 1, patch).await.expect("changed");
        let patch = VariantPatch { price: Some(inr(800)), ..VariantPatch::default() };
        catalog.change_variant(STORE, variants[0].id, 1, patch).await.expect("changed");
        catalog.create_variant(STORE, product.id, VariantDraft::new("JUG", inr(900))).await.expect("made");
        let location = LocationDraft { code: "annex".to_owned(), name: name() };
        catalog.create_location(STORE, location).await.expect("made");
        let class = TaxClassDraft { code: "luxury".to_owned(), name: name(), rate_bp: 2800, inclusive: true };
        let class = catalog.create_tax_class(STORE, class).await.expect("made");
        let patch = TaxClassPatch { rate_bp: Some(4000), ..TaxClassPatch::default() };
        catalog.change_tax_class(STORE, class.code, 1, patch).await.expect("changed");
        let patch = ShippingPatch { flat: Some(inr(5900)), ..ShippingPatch::default() };
        catalog.change_shipping(STORE, None, patch).await.expect("changed");
        catalog.archive_product(STORE, product.id, 2).await.expect("archived");
    });
    let lines = lines_of(&fixture, machine().who);
    let expected = [
        "category.create",
        "category.change",
        "product.create",
        "product.change",
        "variant.change",
        "variant.create",
        "location.create",
        "tax_class.create",
        "tax_class.change",
        "shipping.change",
        "product.archive",
    ];
    assert_eq!(actions(&lines), expected);
    let skus = lines[2].after.as_ref().map(|after| [&after["variants"][0]["sku"], &after["variants"][1]["sku"]]);
    assert_eq!(skus, Some([&json!("CUP"), &json!("MUG")]), "the first variants come with their product");
    let price = |picture: &Option<serde_json::Value>| picture.as_ref().map(|picture| picture["price_minor"].clone());
    assert_eq!((price(&lines[4].before), price(&lines[4].after)), (Some(json!(900)), Some(json!(800))));
    assert_eq!(lines[8].before, Some(json!({ "rate_bp": 2800, "version": 1 })));
    assert_eq!(lines[9].after.as_ref().map(|after| after["flat_minor"].clone()), Some(json!(5900)));
}

#[test]
fn what_was_refused_or_changed_nothing_leaves_no_line() {
    let fixture = Fixture::new();
    let catalog = catalog(&fixture);
    let draft = || BrandDraft { slug: None, name: "Acme".to_owned() };
    let brand = fixture.block_on(catalog.create_brand(STORE, draft())).expect("made");
    let refused = fixture.block_on(catalog.create_brand(STORE, draft()));
    assert!(matches!(refused, Err(Error::Invalid(_))), "the slug is taken");
    let stale = fixture.block_on(catalog.change_brand(STORE, brand.id, 9, BrandPatch::default()));
    assert!(matches!(stale, Err(Error::VersionConflict { current: 1 })));
    fixture.block_on(catalog.restore_brand(STORE, brand.id, 1)).expect("it was not archived");
    assert_eq!(actions(&lines_of(&fixture, machine().who)), ["brand.create"]);
}

#[test]
fn a_thing_made_under_a_key_leaves_its_line_once() {
    let fixture = Fixture::new();
    let catalog = catalog(&fixture);
    let make = || {
        let call = Call {
            store: STORE,
            principal: PrincipalId::from_uuid(Uuid::from_u128(7)),
            route: "POST /brands",
            key: "k".to_owned(),
            fingerprint: [1; 32],
        };
        let draft = BrandDraft { slug: None, name: "Acme".to_owned() };
        let keyed = Keyed { call, answer: |brand: &engine::catalog::Brand| json!({ "id": brand.id }) };
        fixture.block_on(catalog.make_brand(STORE, draft, Some(keyed))).expect("made or remembered")
    };
    assert!(matches!((make(), make()), (Made::Now(_), Made::Before(_))));
    assert_eq!(actions(&lines_of(&fixture, machine().who)), ["brand.create"]);
}
