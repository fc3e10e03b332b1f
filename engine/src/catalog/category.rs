//! PURE. The tree of categories. A category's path is the slugs from the root down to it, so that a subtree is a prefix.

use crate::clock::Timestamp;
use crate::id::{CategoryId, StoreId};

use super::attribute::{AttributeDefinition, check_definitions};
use super::field::{FieldErrors, Fields};
use super::name::{Slug, Title, WantedSlug};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    pub id: CategoryId,
    pub store_id: StoreId,
    pub parent_id: Option<CategoryId>,
    pub slug: Slug,
    pub name: Title,
    /// `apparel/shirts/t-shirts`
    pub path: String,
    /// Among its siblings.
    pub position: i32,
    /// Its own; those of its ancestors hold too.
    pub attributes: Vec<AttributeDefinition>,
    pub version: i64,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A category as someone wrote it down.
#[derive(Debug, Clone, Default)]
pub struct CategoryDraft {
    /// None: made of the name.
    pub slug: Option<String>,
    pub name: String,
    /// An id or a slug; none: at the root.
    pub parent: Option<String>,
    pub position: i32,
    pub attributes: Vec<AttributeDefinition>,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct CategoryPatch {
    pub slug: Option<String>,
    pub name: Option<String>,
    /// `Some(None)`: to the root.
    pub parent: Option<Option<String>>,
    pub position: Option<i32>,
    pub attributes: Option<Vec<AttributeDefinition>>,
}

/// The parsed fields.
pub(super) struct ParsedCategory {
    pub(super) slug: WantedSlug,
    pub(super) name: Title,
    pub(super) position: i32,
    pub(super) attributes: Vec<AttributeDefinition>,
}

/// How many levels the tree has at most.
pub(super) const DEPTH_MAX: usize = 12;

impl CategoryDraft {
    pub(super) fn parse(self, fields: &mut Fields) -> Option<ParsedCategory> {
        let name = fields.name("/name", &self.name, Title::parse(&self.name));
        let slug = fields.slug(self.slug.as_deref(), &self.name);
        fields.also(check_definitions(&self.attributes));
        let (position, attributes) = (self.position, self.attributes);
        name.zip(slug).map(|(name, slug)| ParsedCategory { slug, name, position, attributes })
    }
}

impl Category {
    pub(super) fn draft(&self) -> CategoryDraft {
        CategoryDraft {
            slug: Some(self.slug.to_string()),
            name: self.name.to_string(),
            parent: self.parent_id.map(|parent| parent.to_string()),
            position: self.position,
            attributes: self.attributes.clone(),
        }
    }

    /// The paths of the category and its ancestors, from the root on.
    pub(super) fn paths(path: &str) -> Vec<&str> {
        path.match_indices('/').map(|(end, _)| &path[..end]).chain([path]).collect()
    }

    /// Whether `path` is this category's or lies below it.
    pub(super) fn contains(&self, path: &str) -> bool {
        path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl CategoryPatch {
    pub(super) fn onto(self, draft: CategoryDraft) -> CategoryDraft {
        CategoryDraft {
            slug: self.slug.or(draft.slug),
            name: self.name.unwrap_or(draft.name),
            parent: self.parent.unwrap_or(draft.parent),
            position: self.position.unwrap_or(draft.position),
            attributes: self.attributes.unwrap_or(draft.attributes),
        }
    }
}

/// The path of a category called `slug` below `parent`. Refused where it gets too deep: `below` levels hang on it.
pub(super) fn path(parent: Option<&Category>, slug: &Slug, below: usize) -> Result<String, FieldErrors> {
    let path = match parent {
        Some(parent) => format!("{}/{slug}", parent.path),
        None => slug.to_string(),
    };
    if path.split('/').count() + below > DEPTH_MAX {
        return Err(FieldErrors::one("/parent", "too_deep", format_args!("at most {DEPTH_MAX} levels")));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ancestors_are_the_beginnings_of_the_path() {
        assert_eq!(Category::paths("a"), ["a"]);
        assert_eq!(Category::paths("a/bb/c"), ["a", "a/bb", "a/bb/c"]);
    }

    #[test]
    fn the_tree_has_a_floor() {
        let slug = Slug::parse("x").expect("a slug");
        assert_eq!(path(None, &slug, DEPTH_MAX - 1).as_deref(), Ok("x"));
        assert!(path(None, &slug, DEPTH_MAX).is_err());
    }
}
