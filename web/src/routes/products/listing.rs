//! A page of products as JSON.

use engine::money::Currency;
use engine::search::{Bucket, Card, Facet, FacetKind, Listed, Matching, Results};
use serde::Serialize;
use serde_json::Number;
use utoipa::ToSchema;

use super::explanation::ExplanationView;
use crate::view::{MoneyView, PageView, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = ProductListing)]
pub(in crate::routes) struct ListingView {
    data: Vec<CardView>,
    page: PageView,
    /// How the words were used: `everything` (there were none), `all_words`, `some_words` (too few have all of them), or
    /// `nothing` (nothing good was found).
    #[schema(example = "all_words")]
    matching: &'static str,
    /// Words that no product has; products with similar words stand for them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown_words: Vec<String>,
    /// The text as it was probably meant, where it finds little as it was typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    did_you_mean: Option<String>,
    /// Where to look instead when nothing good was found, the nearest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    closest_categories: Vec<NameView>,
    facets: Vec<FacetView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProductCard)]
struct CardView {
    #[schema(value_type = String, example = "prod_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: engine::id::ProductId,
    slug: String,
    title: String,
    brand: Option<NameView>,
    category: Option<NameView>,
    image: Option<ImageView>,
    /// Of the variant whose price is shown.
    sku: String,
    /// The lowest of its variants'.
    price: Option<MoneyView>,
    mrp: Option<MoneyView>,
    /// Before it, nothing of it can be bought.
    #[schema(format = DateTime)]
    on_sale_from: Option<String>,
    variants: usize,
    #[schema(example = "in_stock")]
    availability: &'static str,
    #[schema(format = DateTime)]
    created_at: String,
    /// If it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Name)]
struct NameView {
    slug: String,
    name: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Image)]
struct ImageView {
    url: String,
    alt: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Facet)]
struct FacetView {
    /// What to filter by.
    #[schema(example = "attr.color")]
    key: String,
    label: String,
    /// `term`, `range` (from and to), or `at_least` (each choice includes those above it).
    #[schema(example = "term")]
    r#type: &'static str,
    /// The result is large, and its attributes were counted in an even part of it and reckoned up.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    approximate: bool,
    buckets: Vec<BucketView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Bucket)]
struct BucketView {
    #[schema(example = "red")]
    value: String,
    label: String,
    count: u64,
    selected: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    /// Of a range: `price[min]` in minor units, or `attr.<key>[min]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    from: Option<Number>,
    /// Of a range: `price[max]` in minor units, or `attr.<key>[max]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    to: Option<Number>,
}

impl ListingView {
    pub(super) fn new(results: Results, include_total: bool) -> Self {
        let total = include_total.then(|| i64::try_from(results.total).unwrap_or(i64::MAX));
        let matching = match results.matching {
            Matching::Everything => "everything",
            Matching::AllWords => "all_words",
            Matching::SomeWords => "some_words",
            Matching::Nothing => "nothing",
        };
        let closest = results.closest_categories.into_iter();
        Self {
            unknown_words: results.unknown_words,
            did_you_mean: results.did_you_mean,
            closest_categories: closest
                .map(|category| NameView { slug: category.value, name: category.label })
                .collect(),
            data: results.products.into_iter().map(CardView::from).collect(),
            page: PageView { has_more: results.next_cursor.is_some(), next_cursor: results.next_cursor, total },
            matching,
            facets: results.facets.into_iter().map(FacetView::from).collect(),
        }
    }

    pub(super) fn next_cursor(&self) -> Option<&str> {
        self.page.next_cursor.as_deref()
    }
}

impl From<Listed> for CardView {
    fn from(listed: Listed) -> Self {
        let Listed { card, availability, explanation } = listed;
        let Card { id, slug, title, brand, category, image, currency, price_minor, mrp_minor, sku, variants, .. } =
            card;
        let money = |amount| Currency::parse(&currency).ok().map(|currency| MoneyView::new(amount, currency));
        Self {
            id,
            slug,
            title,
            brand: brand.map(|brand| NameView { slug: brand.slug, name: brand.name }),
            category: category.map(|category| NameView { slug: category.slug, name: category.name }),
            image: image.map(|image| ImageView { url: image.url, alt: image.alt }),
            sku,
            price: money(price_minor),
            mrp: money(mrp_minor),
            on_sale_from: card.on_sale_from.map(rfc3339),
            variants,
            availability: availability.name(),
            created_at: rfc3339(card.created_at),
            explanation: explanation.map(ExplanationView::from),
        }
    }
}

impl From<Facet> for FacetView {
    fn from(facet: Facet) -> Self {
        let r#type = match facet.kind {
            FacetKind::Term => "term",
            FacetKind::Range => "range",
            FacetKind::AtLeast => "at_least",
        };
        let is_attribute = facet.key.starts_with("attr.");
        let buckets = facet.buckets.into_iter().map(|bucket| BucketView::new(bucket, is_attribute)).collect();
        Self { key: facet.key, label: facet.label, r#type, approximate: facet.approximate, buckets }
    }
}

impl BucketView {
    /// The ends of a range are thousandths where they are an attribute's.
    fn new(bucket: Bucket, is_attribute: bool) -> Self {
        let Bucket { value, label, count, selected, parent, from, to } = bucket;
        let number = |end: Option<i64>| match (end, is_attribute) {
            (None, _) => None,
            (Some(minor), false) => Some(Number::from(minor)),
            (Some(thousandths), true) => written(thousandths).parse().ok(),
        };
        Self { value, label, count, selected, parent, from: number(from), to: number(to) }
    }
}

fn written(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000)
}
