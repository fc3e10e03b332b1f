//! What the index keeps of a product beside its words, so that a page of results needs no database.

use serde::{Deserialize, Serialize};

use crate::catalog::{AvailabilityPolicy, ProductDetail, Variant};
use crate::clock::Timestamp;
use crate::id::ProductId;

use super::projection::cheapest;

/// A product in a listing. Prices are of its cheapest variant at the time it was indexed, which is again whenever one
/// changes by schedule; a product page reads them anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub id: ProductId,
    pub slug: String,
    pub title: String,
    pub brand: Option<CardBrand>,
    /// The product's own category.
    pub category: Option<CardCategory>,
    pub image: Option<CardImage>,
    pub currency: String,
    pub price_minor: i64,
    pub mrp_minor: i64,
    /// When a price or an opening next changes by itself: no copy of the card should live longer.
    pub until: Option<Timestamp>,
    /// Before it nothing of the product can be bought.
    pub on_sale_from: Option<Timestamp>,
    /// Of the variant whose price is shown.
    pub sku: String,
    /// How many variants are for sale.
    pub variants: usize,
    pub policy: String,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardBrand {
    pub slug: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardCategory {
    pub slug: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardImage {
    pub url: String,
    pub alt: Option<String>,
}

impl Card {
    /// None for a product without anything for sale.
    pub(super) fn of(detail: &ProductDetail, now: Timestamp) -> Option<Self> {
        let (shown, price_minor) = cheapest(detail, now)?;
        let product = &detail.product;
        Some(Self {
            id: product.id,
            slug: product.slug.to_string(),
            title: product.title.to_string(),
            brand: detail
                .brand
                .as_ref()
                .map(|brand| CardBrand { slug: brand.slug.to_string(), name: brand.name.to_string() }),
            category: detail
                .categories
                .last()
                .map(|category| CardCategory { slug: category.slug.to_string(), name: category.name.to_string() }),
            image: product.media.first().map(|image| CardImage { url: image.url.clone(), alt: image.alt.clone() }),
            currency: shown.price.currency.to_string(),
            price_minor,
            mrp_minor: shown.price.mrp_minor,
            until: detail.next_boundary(now),
            on_sale_from: opens(detail, now),
            sku: shown.sku.to_string(),
            variants: detail.for_sale().count(),
            policy: product.availability.as_str().to_owned(),
            created_at: product.created_at,
        })
    }

    pub fn policy(&self) -> AvailabilityPolicy {
        // The most discreet one, should it ever be another word.
        self.policy.parse().unwrap_or(AvailabilityPolicy::Hidden)
    }
}

/// The first opening, while nothing is open yet.
fn opens(detail: &ProductDetail, now: Timestamp) -> Option<Timestamp> {
    let opening = |variant: &Variant| variant.on_sale_from.filter(|opens| *opens > now);
    if detail.for_sale().any(|variant| opening(variant).is_none()) {
        return None;
    }
    detail.for_sale().filter_map(opening).min()
}
