//! PURE. A product of the catalogue, with its stock, as the document by which it is found.

use search_index::{Attribute, Availability, ProductDocument};

use crate::catalog::{AttributeDefinition, AttributeValue, AvailabilityPolicy, ProductDetail, Variant};
use crate::clock::Timestamp;
use crate::id::StoreId;

use super::card::Card;

/// From so few units on, a product counts as low in stock.
pub const LOW_AT: i64 = 5;

/// None: the public does not see it, so it is not to be found.
pub(super) fn document(detail: &ProductDetail, sellable: i64, now: Timestamp) -> Option<ProductDocument> {
    if !detail.is_public() {
        return None;
    }
    let card = Card::of(detail, now)?;
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
        created_at_ms: product.created_at.timestamp_millis(),
        stored: serde_json::to_string(&card).expect("a card is plain data"),
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
