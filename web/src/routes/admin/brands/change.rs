//! `PATCH /api/v1/admin/brands/{id}`

use actix_web::HttpResponse;
use engine::catalog::BrandPatch;
use engine::id::BrandId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::BrandView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::CatalogWrite;
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandPatch)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 200, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    name: Option<String>,
}

/// Changes a brand. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/brands/{id}",
    tag = "admin: brands",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = BrandView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, BrandId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let patch = BrandPatch { slug: body.value.slug, name: body.value.name };
    let brand = change.catalog().change_brand(change.staff.store, change.id, change.expected, patch).await?;
    Ok(ok(&BrandView::from(brand)))
}
