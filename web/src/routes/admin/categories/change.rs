//! `PATCH /api/v1/admin/categories/{id}`

use actix_web::HttpResponse;
use engine::catalog::CategoryPatch;
use engine::id::CategoryId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::attribute::{AttributeFields, definitions};
use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::needs::CatalogWrite;
use crate::extract::{Body, present};
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CategoryPatch)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 200, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    name: Option<String>,
    /// An id or a slug; `null`: to the root.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    parent: Option<Option<String>>,
    position: Option<i32>,
    /// As a whole.
    attributes: Option<Vec<AttributeFields>>,
}

/// Changes a category. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/categories/{id}",
    tag = "admin: categories",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = CategoryView))
)]
pub(super) async fn handler(
    change: Change<CatalogWrite, CategoryId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let patch = {
        let Request { slug, name, parent, position, attributes } = body.value;
        CategoryPatch { slug, name, parent, position, attributes: attributes.map(definitions).transpose()? }
    };
    let category = change.catalog().change_category(change.staff.store, change.id, change.expected, patch).await?;
    Ok(ok(&CategoryView::from(category)))
}
