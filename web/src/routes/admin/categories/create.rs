//! `POST /api/v1/admin/categories`

use actix_web::HttpResponse;
use engine::catalog::CategoryDraft;
use serde::Deserialize;
use utoipa::ToSchema;

use super::attribute::{AttributeFields, definitions};
use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::CatalogWrite;
use crate::routes::admin::thing::{Create, created};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CategoryDraft)]
pub(super) struct Request {
    /// Left out: made of the name.
    #[schema(min_length = 1, max_length = 200, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: Option<String>,
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// An id or a slug; left out: at the root.
    parent: Option<String>,
    /// Among its siblings.
    #[serde(default)]
    position: i32,
    #[serde(default)]
    attributes: Vec<AttributeFields>,
}

/// Makes a category.
#[utoipa::path(
    post,
    path = "/api/v1/admin/categories",
    tag = "admin: categories",
    security(("account" = ["catalog:write"]), ("key" = ["catalog:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 201, body = CategoryView))
)]
pub(super) async fn handler(create: Create<CatalogWrite>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Request { slug, name, parent, position, attributes } = body.value;
    let draft = CategoryDraft { slug, name, parent, position, attributes: definitions(attributes)? };
    let keyed = create.keyed::<_, CategoryView>("POST /admin/categories", &body.raw);
    created::<_, CategoryView>(create.catalog().make_category(create.staff.store, draft, keyed).await?)
}
