//! `POST /api/v1/admin/categories`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::{AttributeDefinition, CategoryDraft};
use engine::id::StoreId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::CategoryView;
use crate::error::ApiError;
use crate::extract::{Admin, Body, Query};
use crate::routes::admin::thing::created;
use crate::routes::categories::AttributeDefinitionView;
use crate::state::State;

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
    #[schema(value_type = Vec<AttributeDefinitionView>)]
    attributes: Vec<AttributeDefinition>,
}

/// Makes a category.
#[utoipa::path(
    post,
    path = "/api/v1/admin/categories",
    tag = "admin: categories",
    security(("admin" = [])),
    request_body = Request,
    responses((status = 201, body = CategoryView))
)]
pub(super) async fn handler(
    _: Admin,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { slug, name, parent, position, attributes } = body.value;
    let draft = CategoryDraft { slug, name, parent, position, attributes };
    let category = state.engine.catalog().create_category(StoreId::MAIN, draft).await?;
    Ok(created(&CategoryView::from(category)))
}
