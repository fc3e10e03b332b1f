//! A category as the shop sees it.

use engine::catalog::{AttributeDefinition, Category};
use engine::id::CategoryId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::thing::Thing;
use crate::routes::categories::AttributeDefinitionView;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = AdminCategory)]
pub(super) struct CategoryView {
    #[schema(value_type = String, example = "cat_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: CategoryId,
    slug: String,
    name: String,
    #[schema(value_type = Option<String>, example = "cat_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
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

impl Thing for CategoryView {
    const COLLECTION: &'static str = "/api/v1/admin/categories";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
