//! A product page as JSON.

use engine::catalog::{Attributes, AvailabilityPolicy, PriceNow, ProductDetail, Variant};
use engine::clock::Timestamp;
use engine::id::{ProductId, VariantId};
use engine::search::availability;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::view::{MoneyView, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = Product)]
pub(super) struct DetailView<'a> {
    #[schema(value_type = String, example = "prod_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: ProductId,
    slug: &'a str,
    title: &'a str,
    description: &'a str,
    brand: Option<NamedView<'a>>,
    /// From the root to its own.
    categories: Vec<NamedView<'a>>,
    #[schema(value_type = Object)]
    specs: &'a Map<String, Value>,
    media: Vec<MediaView<'a>>,
    tags: &'a [String],
    /// Of the best-stocked variant: `in_stock`, `low` or `sold_out`.
    #[schema(example = "in_stock")]
    availability: &'static str,
    variants: Vec<VariantView<'a>>,
    version: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Named)]
struct NamedView<'a> {
    slug: &'a str,
    name: &'a str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ProductMedia)]
struct MediaView<'a> {
    url: &'a str,
    alt: Option<&'a str>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Variant)]
struct VariantView<'a> {
    #[schema(value_type = String, example = "var_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: VariantId,
    sku: &'a str,
    #[schema(value_type = Object)]
    attributes: &'a Attributes,
    mrp: MoneyView,
    price: MoneyView,
    /// How much the price is below the MRP, in basis points.
    discount_bp: u32,
    /// When the price next changes by itself.
    #[schema(format = DateTime)]
    price_until: Option<String>,
    /// Before it, it cannot be bought.
    #[schema(format = DateTime)]
    on_sale_from: Option<String>,
    /// At most so many for one buyer.
    purchase_limit: Option<i64>,
    #[schema(example = "in_stock")]
    availability: &'static str,
    /// How many there are. Only where the product's policy is to say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<i64>,
}

impl<'a> DetailView<'a> {
    /// `sellable` belongs to the variants for sale, one for one.
    pub(super) fn new(detail: &'a ProductDetail, sellable: &[i64], now: Timestamp) -> Self {
        let product = &detail.product;
        let policy = product.availability;
        let most = sellable.iter().copied().max().unwrap_or(0);
        let brand = detail.brand.as_ref();
        let variants = detail.for_sale().zip(sellable);
        Self {
            id: product.id,
            slug: product.slug.as_str(),
            title: product.title.as_str(),
            description: &product.description,
            brand: brand.map(|brand| NamedView { slug: brand.slug.as_str(), name: brand.name.as_str() }),
            categories: detail
                .categories
                .iter()
                .map(|category| NamedView { slug: category.slug.as_str(), name: category.name.as_str() })
                .collect(),
            specs: &product.specs,
            media: product.media.iter().map(|media| MediaView { url: &media.url, alt: media.alt.as_deref() }).collect(),
            tags: &product.tags,
            availability: availability(policy, most).name(),
            variants: variants.map(|(variant, sellable)| VariantView::new(variant, *sellable, policy, now)).collect(),
            version: product.version,
        }
    }
}

impl<'a> VariantView<'a> {
    fn new(variant: &'a Variant, sellable: i64, policy: AvailabilityPolicy, now: Timestamp) -> Self {
        let price = PriceNow::of(&variant.price, now);
        let money = |amount| MoneyView::new(amount, variant.price.currency);
        Self {
            id: variant.id,
            sku: variant.sku.as_str(),
            attributes: &variant.attributes,
            mrp: money(variant.price.mrp_minor),
            price: money(price.minor),
            discount_bp: price.discount_bp,
            price_until: price.until.map(rfc3339),
            on_sale_from: variant.on_sale_from.map(rfc3339),
            purchase_limit: variant.purchase_limit.map(|limit| limit.max),
            availability: availability(policy, sellable).name(),
            available: (policy == AvailabilityPolicy::Exact).then_some(sellable),
        }
    }
}
