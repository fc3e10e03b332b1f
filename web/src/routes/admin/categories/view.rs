//! A category as the shop sees it.

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, LOCATION};
use engine::catalog::{AttributeDefinition, Category};
use engine::id::{CategoryId, StoreId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::IfMatch;
use crate::routes::categories::AttributeDefinitionView;
use crate::state::State;
use crate::view::{etag, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = AdminCategory)]
pub(super) struct CategoryView {
    #[schema(value_type = String)]
    id: CategoryId,
    slug: String,
    name: String,
    #[schema(value_type = Option<String>)]
    parent_id: Option<CategoryId>,
    /// The slugs from the root down to it.
    #[schema(example = "apparel/shirts")]
    path: String,
    position: i32,
    /// Its own; those of its ancestors hold too.
    #[schema(value_type = Vec<AttributeDefinitionView>)]
    attributes: Vec<AttributeDefinition>,
    version: i64,
    #[schema(format = DateTime)]
    archived_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Category> for CategoryView {
    fn from(category: Category) -> Self {
        Self {
            id: category.id,
            slug: category.slug.to_string(),
            name: category.name.to_string(),
            parent_id: category.parent_id,
            path: category.path,
            position: category.position,
            attributes: category.attributes,
            version: category.version,
            archived_at: category.archived_at.map(rfc3339),
            created_at: rfc3339(category.created_at),
            updated_at: rfc3339(category.updated_at),
        }
    }
}

impl CategoryView {
    pub(super) fn ok(self) -> HttpResponse {
        HttpResponse::Ok().insert_header((ETAG, etag(self.version))).json(self)
    }

    pub(super) fn created(self) -> HttpResponse {
        let location = format!("/api/v1/admin/categories/{}", self.id);
        HttpResponse::Created().insert_header((ETAG, etag(self.version))).insert_header((LOCATION, location)).json(self)
    }
}

/// The version that a change is made against.
pub(super) async fn expected(state: &State, id: CategoryId, version: IfMatch) -> Result<i64, ApiError> {
    match version.expected() {
        Some(version) => Ok(version),
        None => Ok(state.engine.catalog().category(StoreId::MAIN, id).await?.version),
    }
}
