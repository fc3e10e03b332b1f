//! A product as the shop sees it.

use engine::catalog::{Media, Product, ProductDetail, Variant};
use engine::id::{BrandId, CategoryId, ProductId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::description::words::{ProductStatus, StockPolicy};
use crate::routes::admin::thing::Thing;
use crate::routes::admin::variants::VariantView;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = AdminProduct)]
pub(crate) struct ProductView {
    #[schema(value_type = String, example = "prod_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: ProductId,
    slug: String,
    title: String,
    description: String,
    #[schema(value_type = Option<String>, example = "brand_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    brand_id: Option<BrandId>,
    #[schema(value_type = Option<String>, example = "cat_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    category_id: Option<CategoryId>,
    #[schema(value_type = Object)]
    specs: Map<String, Value>,
    media: Vec<MediaFields>,
    tags: Vec<String>,
    #[schema(value_type = ProductStatus)]
    status: &'static str,
    #[schema(value_type = StockPolicy)]
    availability: &'static str,
    version: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// Only when one product is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    variants: Option<Vec<VariantView>>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Media)]
pub(super) struct MediaFields {
    #[schema(max_length = 2000)]
    url: String,
    /// What it shows, for those who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alt: Option<String>,
}

impl From<Media> for MediaFields {
    fn from(media: Media) -> Self {
        Self { url: media.url, alt: media.alt }
    }
}

impl From<MediaFields> for Media {
    fn from(fields: MediaFields) -> Self {
        Self { url: fields.url, alt: fields.alt }
    }
}

impl From<Product> for ProductView {
    fn from(product: Product) -> Self {
        Self {
            id: product.id,
            slug: product.slug.to_string(),
            title: product.title.to_string(),
            description: product.description,
            brand_id: product.brand_id,
            category_id: product.category_id,
            specs: product.specs,
            media: product.media.into_iter().map(MediaFields::from).collect(),
            tags: product.tags,
            status: product.status.as_str(),
            availability: product.availability.as_str(),
            version: product.version,
            created_at: rfc3339(product.created_at),
            updated_at: rfc3339(product.updated_at),
            variants: None,
        }
    }
}

impl From<ProductDetail> for ProductView {
    fn from(detail: ProductDetail) -> Self {
        Self::from((detail.product, detail.variants))
    }
}

impl From<(Product, Vec<Variant>)> for ProductView {
    fn from((product, variants): (Product, Vec<Variant>)) -> Self {
        let variants = variants.into_iter().map(VariantView::from).collect();
        Self { variants: Some(variants), ..Self::from(product) }
    }
}

impl Thing for ProductView {
    const COLLECTION: &'static str = "/api/v1/admin/products";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
