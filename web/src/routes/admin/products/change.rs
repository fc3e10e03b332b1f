//! `PATCH /api/v1/admin/products/{id}`

use actix_web::HttpResponse;
use engine::catalog::{Media, ProductPatch};
use engine::id::ProductId;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::view::{MediaFields, ProductView};
use crate::description::words::{ProductStatus, StockPolicy};
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{Body, present, word};
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductPatch)]
pub(crate) struct Request {
    #[schema(min_length = 1, max_length = 200, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    title: Option<String>,
    #[schema(max_length = 50_000)]
    description: Option<String>,
    /// An id or a slug; `null`: none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    brand: Option<Option<String>>,
    /// An id or a slug; `null`: none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    category: Option<Option<String>>,
    /// As a whole.
    #[schema(value_type = Option<Object>)]
    specs: Option<Map<String, Value>>,
    #[schema(max_items = 50)]
    media: Option<Vec<MediaFields>>,
    #[schema(max_items = 100)]
    tags: Option<Vec<String>>,
    /// `draft`, `active` or `archived`.
    #[schema(value_type = Option<ProductStatus>)]
    status: Option<String>,
    /// `exact`, `low` or `hidden`.
    #[schema(value_type = Option<StockPolicy>)]
    availability: Option<String>,
}

impl Request {
    pub(crate) fn into_patch(self) -> Result<ProductPatch, ApiError> {
        Ok(ProductPatch {
            slug: self.slug,
            title: self.title,
            description: self.description,
            brand: self.brand,
            category: self.category,
            specs: self.specs,
            media: self.media.map(|media| media.into_iter().map(Media::from).collect()),
            tags: self.tags,
            status: word("/status", self.status)?,
            availability: word("/availability", self.availability)?,
        })
    }
}

/// Changes a product. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/products/{id}",
    tag = "admin: products",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = ProductView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, ProductId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let patch = body.value.into_patch()?;
    let product = change.catalog().change_product(change.staff.store, change.id, change.expected, patch).await?;
    Ok(ok(&ProductView::from(product)))
}
