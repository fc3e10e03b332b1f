//! PURE. A product of the catalogue, with its stock, as the document by which it is found.

use search_index::{Attribute, Availability, Language, ProductDocument};

use crate::catalog::{AttributeDefinition, AttributeValue, AvailabilityPolicy, PriceNow, ProductDetail, Variant};
use crate::clock::Timestamp;
use crate::id::StoreId;

use super::card::Card;

/// From so few units on, a product counts as low in stock.
pub const LOW_AT: i64 = 5;

/// What shoppers think of a product, beside what it says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signals {
    /// From 0, nobody wants it, to 1000, the most wanted of its store.
    pub(super) popularity: u32,
    /// In hundredths of a star. 0: nobody said anything, which is so as long as nobody can.
    pub(super) rating: u32,
}

/// None: the public does not see it, so it is not to be found.
pub(super) fn document(
    detail: &ProductDetail,
    sellable: i64,
    signals: Signals,
    language: Language,
    now: Timestamp,
) -> Option<ProductDocument> {
    if !detail.is_public() {
        return None;
    }
    let card = Card::of(detail, now)?;
    let (shown, _) = cheapest(detail, now)?;
    let product = &detail.product;
    Some(ProductDocument {
        id: product.id.to_string(),
        store: store_key(product.store_id),
        version: version(detail),
        title: product.title.to_string(),
        description: product.description.clone(),
        brand: detail
            .brand
            .as_ref()
            .map(|brand| search_index::Brand { slug: brand.slug.to_string(), name: brand.name.to_string() }),
        categories: detail
            .categories
            .iter()
            .map(|category| search_index::Category {
                slug: category.slug.to_string(),
                label: category.name.to_string(),
            })
            .collect(),
        tags: product.tags.clone(),
        codes: codes(detail),
        attributes: attributes(detail),
        price: card.price_minor,
        availability: availability(product.availability, sellable),
        language,
        discount_bp: PriceNow::of(&shown.price, now).discount_bp,
        popularity: signals.popularity,
        rating: signals.rating,
        created_at_ms: product.created_at.timestamp_millis(),
        stored: serde_json::to_string(&card).expect("a card is plain data"),
        embedding: None,
    })
}

/// How the index names a store.
pub(super) fn store_key(store: StoreId) -> String {
    store.to_string()
}

/// The version under which the index keeps a product. What else a document shows (variants, brand, categories, prices by
/// schedule) may change without it, which is why an equal version is written again.
pub(super) fn version(detail: &ProductDetail) -> u64 {
    u64::try_from(detail.product.version).unwrap_or(0)
}

/// What shoppers are shown of so many sellable units.
pub fn availability(policy: AvailabilityPolicy, sellable: i64) -> Availability {
    match (policy, sellable) {
        (_, ..=0) => Availability::SoldOut,
        (AvailabilityPolicy::Exact | AvailabilityPolicy::Low, 1..=LOW_AT) => Availability::Low,
        (AvailabilityPolicy::Exact | AvailabilityPolicy::Low | AvailabilityPolicy::Hidden, _) => Availability::InStock,
    }
}

/// The variant with the lowest price at `now`, the first of equals.
pub(super) fn cheapest(detail: &ProductDetail, now: Timestamp) -> Option<(&Variant, i64)> {
    detail.for_sale().map(|variant| (variant, variant.price.in_force(now).0)).min_by_key(|(_, minor)| *minor)
}

fn codes(detail: &ProductDetail) -> Vec<String> {
    detail.for_sale().flat_map(|variant| [Some(variant.sku.to_string()), variant.barcode.clone()]).flatten().collect()
}

/// The variants' attributes and the product's single-valued specifications. What a category defines as not filterable is
/// searched and not offered; what nobody defined is offered where it proves useful.
fn attributes(detail: &ProductDetail) -> Vec<Attribute> {
    let of_variants = detail.for_sale().flat_map(|variant| variant.attributes.clone());
    let specs = &detail.product.specs;
    let of_product = specs.iter().filter_map(|(key, value)| Some((key.clone(), AttributeValue::of(value)?)));
    let mut attributes: Vec<Attribute> =
        of_variants.chain(of_product).map(|(key, value)| attribute(detail, key, &value)).collect();
    attributes.sort_by(|a, b| (&a.key, &a.value).cmp(&(&b.key, &b.value)));
    attributes.dedup();
    attributes
}

fn attribute(detail: &ProductDetail, key: String, value: &AttributeValue) -> Attribute {
    let definition = definition(detail, &key);
    let value = value.to_string();
    let unit = definition.and_then(|definition| definition.unit.as_deref());
    Attribute {
        label: definition.map_or_else(|| label(&key), |definition| definition.label.clone()),
        value_label: unit.map_or_else(|| value.clone(), |unit| format!("{value} {unit}")),
        text_only: definition.is_some_and(|definition| !definition.filterable),
        key,
        value,
    }
}

/// The nearest one on the way from the product's category to the root.
fn definition<'a>(detail: &'a ProductDetail, key: &str) -> Option<&'a AttributeDefinition> {
    let levels = detail.categories.iter().rev();
    levels.flat_map(|category| &category.attributes).find(|definition| definition.key == key)
}

/// `screen_size` is read as "Screen size".
fn label(key: &str) -> String {
    let words = key.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone, Utc};
    use uuid::Uuid;

    use super::*;
    use crate::catalog::{Attributes, Category, Product, ProductStatus, Sku, Slug, Title};
    use crate::id::{CategoryId, ProductId, VariantId};
    use crate::money::Currency;
    use crate::pricing::{Sale, TaxRate, UnitPrice};

    fn noon() -> Timestamp {
        Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists")
    }

    fn variant(sku: &str, price_minor: i64) -> Variant {
        Variant {
            id: VariantId::from_uuid(Uuid::from_u128(1)),
            store_id: StoreId::MAIN,
            product_id: ProductId::from_uuid(Uuid::from_u128(2)),
            sku: Sku::parse(sku).expect("a SKU"),
            attributes: Attributes::new(),
            barcode: None,
            price: UnitPrice {
                currency: Currency::INR,
                mrp_minor: 100_000,
                price_minor,
                sale: None,
                tax: TaxRate { rate_bp: 1800, inclusive: true },
            },
            tax_class: "standard".to_owned(),
            weight_grams: 0,
            on_sale_from: None,
            purchase_limit: None,
            hold_ttl_s: None,
            position: 0,
            version: 1,
            archived_at: None,
            created_at: noon(),
            updated_at: noon(),
        }
    }

    fn detail(variants: Vec<Variant>) -> ProductDetail {
        let product = Product {
            id: ProductId::from_uuid(Uuid::from_u128(2)),
            store_id: StoreId::MAIN,
            slug: Slug::parse("shirt").expect("a slug"),
            title: Title::parse("Shirt").expect("a title"),
            description: String::new(),
            brand_id: None,
            category_id: None,
            seller_id: None,
            specs: serde_json::Map::new(),
            media: Vec::new(),
            tags: Vec::new(),
            status: ProductStatus::Active,
            availability: AvailabilityPolicy::Low,
            version: 3,
            created_at: noon(),
            updated_at: noon(),
        };
        ProductDetail { product, brand: None, categories: Vec::new(), variants }
    }

    fn category(slug: &str, definitions: &str) -> Category {
        Category {
            id: CategoryId::from_uuid(Uuid::from_u128(3)),
            store_id: StoreId::MAIN,
            parent_id: None,
            slug: Slug::parse(slug).expect("a slug"),
            name: Title::parse(slug).expect("a title"),
            path: slug.to_owned(),
            position: 0,
            attributes: serde_json::from_str(definitions).expect("definitions"),
            version: 1,
            archived_at: None,
            created_at: noon(),
            updated_at: noon(),
        }
    }

    fn made(detail: &ProductDetail, sellable: i64, now: Timestamp) -> Option<ProductDocument> {
        document(detail, sellable, Signals::default(), Language::English, now)
    }

    #[test]
    fn stock_is_shown_as_the_policy_allows() {
        use Availability::{InStock, Low, SoldOut};
        use AvailabilityPolicy as Policy;
        for (sellable, exact, low, hidden) in [
            (i64::MIN, SoldOut, SoldOut, SoldOut),
            (0, SoldOut, SoldOut, SoldOut),
            (1, Low, Low, InStock),
            (LOW_AT, Low, Low, InStock),
            (LOW_AT + 1, InStock, InStock, InStock),
            (i64::MAX, InStock, InStock, InStock),
        ] {
            let shown = [Policy::Exact, Policy::Low, Policy::Hidden].map(|policy| availability(policy, sellable));
            assert_eq!(shown, [exact, low, hidden], "{sellable}");
        }
    }

    #[test]
    fn only_what_is_public_and_for_sale_has_a_document() {
        let fine = detail(vec![variant("A", 900)]);
        assert!(made(&fine, 0, noon()).is_some());
        assert_eq!(made(&detail(Vec::new()), 5, noon()), None);
        for status in [ProductStatus::Draft, ProductStatus::Archived] {
            let mut hidden = fine.clone();
            hidden.product.status = status;
            assert_eq!(made(&hidden, 5, noon()), None, "{status}");
        }
        let archived = Variant { archived_at: Some(noon()), ..variant("A", 900) };
        assert_eq!(made(&detail(vec![archived]), 5, noon()), None);
    }

    #[test]
    fn it_costs_what_its_cheapest_variant_costs_at_the_moment() {
        let (starts, ends) = (noon() + TimeDelta::hours(1), noon() + TimeDelta::hours(2));
        let mut on_sale = variant("B", 95_000);
        on_sale.price.sale = Some(Sale { price_minor: 50_000, starts_at: Some(starts), ends_at: Some(ends) });
        let archived = Variant { archived_at: Some(noon()), ..variant("C", 1) };
        let shirt = detail(vec![variant("A", 90_000), on_sale, archived]);
        let check = |now, price, sku: &str, until| {
            let card = Card::of(&shirt, now).expect("a card");
            assert_eq!((card.price_minor, card.sku.as_str(), card.until, card.variants), (price, sku, until, 2));
            assert_eq!(made(&shirt, 1, now).expect("a document").price, price);
        };
        check(noon(), 90_000, "A", Some(starts));
        check(starts, 50_000, "B", Some(ends));
        check(ends, 90_000, "A", None);
    }

    #[test]
    fn signals_and_language_are_those_it_is_given_and_the_discount_is_of_the_price_shown() {
        let mut on_sale = variant("A", 90_000);
        on_sale.price.sale = Some(Sale { price_minor: 75_000, starts_at: Some(noon()), ends_at: None });
        let shirt = detail(vec![on_sale, variant("B", 80_000)]);
        let signals = Signals { popularity: 700, rating: 450 };
        let document = document(&shirt, 1, signals, Language::German, noon()).expect("a document");
        // Of an MRP of 100,000.
        assert_eq!((document.price, document.discount_bp), (75_000, 2_500));
        assert_eq!((document.popularity, document.rating, document.language), (700, 450, Language::German));
    }

    #[test]
    fn it_opens_with_its_first_variant() {
        let later = noon() + TimeDelta::hours(1);
        let opening =
            |sku: &str, hours| Variant { on_sale_from: Some(noon() + TimeDelta::hours(hours)), ..variant(sku, 900) };
        let check = |variants, opens| {
            assert_eq!(Card::of(&detail(variants), noon()).expect("a card").on_sale_from, opens);
        };
        check(vec![variant("A", 900)], None);
        check(vec![opening("A", 2), opening("B", 1)], Some(later));
        check(vec![opening("A", 1), variant("B", 900)], None);
        check(vec![opening("A", 0)], None);
    }

    #[test]
    fn attributes_are_named_by_the_nearest_definition() {
        let mut shirt = detail(vec![variant("A", 900), variant("B", 900)]);
        for (variant, size) in shirt.variants.iter_mut().zip(["M", "L"]) {
            variant.attributes =
                serde_json::from_str(&format!(r#"{{"size": "{size}", "cut": "slim"}}"#)).expect("JSON");
        }
        let specs = serde_json::json!({ "chest": 104, "stretch": true, "care": "cold", "box": ["a"], "none": null });
        shirt.product.specs = specs.as_object().expect("an object").clone();
        shirt.categories = vec![
            category(
                "apparel",
                r#"[{ "key": "size", "label": "Size", "type": "text" },
                    { "key": "care", "label": "Care", "type": "text" }]"#,
            ),
            category(
                "shirts",
                r#"[{ "key": "size", "label": "Shirt size", "type": "text", "filterable": true },
                    { "key": "chest", "label": "Chest", "type": "number", "unit": "cm", "filterable": true }]"#,
            ),
        ];
        let shown: Vec<String> = attributes(&shirt)
            .into_iter()
            .map(|attribute| {
                let Attribute { key, label, value, value_label, text_only } = attribute;
                format!("{key} ({label}): {value} ({value_label}){}", if text_only { ", text" } else { "" })
            })
            .collect();
        assert_eq!(
            shown,
            [
                "care (Care): cold (cold), text",
                "chest (Chest): 104 (104 cm)",
                "cut (Cut): slim (slim)",
                "size (Shirt size): L (L)",
                "size (Shirt size): M (M)",
                "stretch (Stretch): yes (yes)",
            ]
        );
    }
}
