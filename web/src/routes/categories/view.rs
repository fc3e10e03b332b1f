//! Categories as shoppers see them.

use engine::catalog::{AttributeDefinition, AttributeKind, Category, CategoryDetail, CategoryNode};
use engine::id::CategoryId;
use serde::Serialize;
use utoipa::ToSchema;

/// What a category says of one attribute.
#[derive(Serialize, ToSchema)]
#[schema(as = AttributeDefinition)]
pub(crate) struct AttributeDefinitionView {
    #[schema(pattern = "^[a-z0-9_]{1,64}$", example = "size")]
    key: String,
    #[schema(min_length = 1, max_length = 200)]
    label: String,
    /// `text`, `number`, `boolean` or `enum`.
    #[schema(example = "text")]
    r#type: &'static str,
    /// Of an enum: its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<String>>,
    /// For people: `cm`, `GB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// Offered as a filter in listings.
    filterable: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CategoryNode, no_recursion)]
pub(super) struct NodeView {
    #[schema(value_type = String, example = "cat_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: CategoryId,
    slug: String,
    name: String,
    /// The slugs from the root down to it.
    path: String,
    #[schema(value_type = Vec<Object>)]
    children: Vec<NodeView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CategoryStep)]
pub(super) struct StepView {
    slug: String,
    name: String,
    path: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Category)]
pub(super) struct CategoryView {
    #[schema(value_type = String, example = "cat_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: CategoryId,
    slug: String,
    name: String,
    path: String,
    /// From the root on.
    ancestors: Vec<StepView>,
    children: Vec<StepView>,
    /// What holds in it: its own definitions and those of its ancestors.
    attributes: Vec<AttributeDefinitionView>,
    version: i64,
}

impl From<AttributeDefinition> for AttributeDefinitionView {
    fn from(definition: AttributeDefinition) -> Self {
        let (r#type, values) = match definition.kind {
            AttributeKind::Text => ("text", None),
            AttributeKind::Number => ("number", None),
            AttributeKind::Boolean => ("boolean", None),
            AttributeKind::Enum { values } => ("enum", Some(values)),
        };
        Self {
            key: definition.key,
            label: definition.label,
            r#type,
            values,
            unit: definition.unit,
            filterable: definition.filterable,
        }
    }
}

impl From<CategoryNode> for NodeView {
    fn from(node: CategoryNode) -> Self {
        let Category { id, slug, name, path, .. } = node.category;
        let children = node.children.into_iter().map(Self::from).collect();
        Self { id, slug: slug.to_string(), name: name.to_string(), path, children }
    }
}

impl From<Category> for StepView {
    fn from(category: Category) -> Self {
        Self { slug: category.slug.to_string(), name: category.name.to_string(), path: category.path }
    }
}

impl From<CategoryDetail> for CategoryView {
    fn from(detail: CategoryDetail) -> Self {
        let Category { id, slug, name, path, version, .. } = detail.category;
        Self {
            id,
            slug: slug.to_string(),
            name: name.to_string(),
            path,
            ancestors: detail.ancestors.into_iter().map(StepView::from).collect(),
            children: detail.children.into_iter().map(StepView::from).collect(),
            attributes: detail.attributes.into_iter().map(AttributeDefinitionView::from).collect(),
            version,
        }
    }
}
