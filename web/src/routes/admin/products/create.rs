//! `POST /api/v1/admin/products`

use actix_web::HttpResponse;
use engine::catalog::{Media, ProductDraft};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::view::{MediaFields, ProductView};
use crate::description::words::{ProductStatus, StockPolicy};
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{Body, word};
use crate::routes::admin::thing::{Create, created};
use crate::routes::admin::variants::VariantFields;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductDraft)]
pub(crate) struct Request {
    /// Left out: made of the title.
    #[schema(min_length = 1, max_length = 200, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    title: String,
    #[serde(default)]
    #[schema(max_length = 50_000)]
    description: String,
    /// An id or a slug.
    brand: Option<String>,
    /// An id or a slug.
    category: Option<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    specs: Map<String, Value>,
    #[serde(default)]
    #[schema(max_items = 50)]
    media: Vec<MediaFields>,
    #[serde(default)]
    #[schema(max_items = 100)]
    tags: Vec<String>,
    /// `draft` (left out), `active` or `archived`.
    #[schema(value_type = Option<ProductStatus>)]
    status: Option<String>,
    /// `exact`, `low` (left out) or `hidden`: how much of the stock shoppers are shown.
    #[schema(value_type = Option<StockPolicy>)]
    availability: Option<String>,
    #[serde(default)]
    #[schema(max_items = 200)]
    variants: Vec<VariantFields>,
}

impl Request {
    pub(crate) fn into_draft(self) -> Result<ProductDraft, ApiError> {
        Ok(ProductDraft {
            slug: self.slug,
            title: self.title,
            description: self.description,
            brand: self.brand,
            category: self.category,
            specs: self.specs,
            media: self.media.into_iter().map(Media::from).collect(),
            tags: self.tags,
            status: word("/status", self.status)?.unwrap_or_default(),
            availability: word("/availability", self.availability)?.unwrap_or_default(),
            variants: self.variants.into_iter().map(VariantFields::into_draft).collect(),
        })
    }
}

/// Makes a product, with its first variants.
#[utoipa::path(
    post,
    path = "/api/v1/admin/products",
    tag = "admin: products",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 201, body = ProductView))
)]
pub(super) async fn handler(create: Create<CatalogWrite>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let draft = body.value.into_draft()?;
    let keyed = create.keyed::<_, ProductView>("POST /admin/products", &body.raw);
    created::<_, ProductView>(create.catalog().make_product(create.staff.store, draft, keyed).await?)
}
