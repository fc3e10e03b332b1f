//! Categories: create, change (which may move a whole subtree), archive, restore.

use crate::id::CategoryId;

use super::super::category::{Category, CategoryDraft, CategoryPatch, ParsedCategory, path};
use super::super::error::{Error, Thing};
use super::super::field::Fields;
use super::super::name::{Slug, WantedSlug};
use super::super::store;
use super::{Deed, Writing, expect_version, find_category};

pub(in crate::catalog) async fn create(writing: &mut Writing<'_>, draft: CategoryDraft) -> Result<Category, Error> {
    store::lock_tree(writing.connection, writing.store).await?;
    let (parsed, parent) = parse(writing, draft, None).await?;
    let slug = slug(parsed.slug);
    let category = Category {
        id: CategoryId::from_uuid(writing.ids.next(writing.now)),
        store_id: writing.store,
        parent_id: parent.as_ref().map(|parent| parent.id),
        path: path(parent.as_ref(), &slug, 0)?,
        slug,
        name: parsed.name,
        position: parsed.position,
        attributes: parsed.attributes,
        version: 1,
        archived_at: None,
        created_at: writing.now,
        updated_at: writing.now,
    };
    store::insert_category(writing.connection, &category).await?;
    writing.tell_made(&category);
    writing.changed.categories.insert(category.id);
    Ok(category)
}

/// A new parent or slug moves everything below it along.
pub(in crate::catalog) async fn change(
    writing: &mut Writing<'_>,
    id: CategoryId,
    expected: Option<i64>,
    patch: CategoryPatch,
) -> Result<Category, Error> {
    let category = locked(writing, id, expected).await?;
    let (parsed, parent) = parse(writing, patch.onto(category.draft()), Some(&category)).await?;
    let slug = slug(parsed.slug);
    let below = store::levels_below(writing.connection, writing.store, &category.path).await?;
    let path = path(parent.as_ref(), &slug, below)?;
    let old_path = category.path.clone();
    let changed = Category {
        parent_id: parent.map(|parent| parent.id),
        slug,
        path,
        name: parsed.name,
        position: parsed.position,
        attributes: parsed.attributes,
        ..category.clone()
    };
    let changed = write(writing, Deed::Change, &category, changed).await?;
    if changed.path != old_path {
        let moved = store::move_below(writing.connection, writing.store, &old_path, &changed.path, writing.now).await?;
        writing.changed.categories.extend(moved);
    }
    Ok(changed)
}

/// A category that still shows something stays.
pub(in crate::catalog) async fn archive(
    writing: &mut Writing<'_>,
    id: CategoryId,
    expected: Option<i64>,
) -> Result<Category, Error> {
    let category = locked(writing, id, expected).await?;
    if category.archived_at.is_some() {
        return Ok(category);
    }
    let (children, products) = store::in_category(writing.connection, id).await?;
    if children > 0 {
        return Err(Error::InUse { what: Thing::Category, of: "subcategories that are not archived", count: children });
    }
    if products > 0 {
        return Err(Error::InUse { what: Thing::Category, of: "active products", count: products });
    }
    let archived_at = Some(writing.now);
    write(writing, Deed::Archive, &category, Category { archived_at, ..category.clone() }).await
}

pub(in crate::catalog) async fn restore(
    writing: &mut Writing<'_>,
    id: CategoryId,
    expected: Option<i64>,
) -> Result<Category, Error> {
    let category = locked(writing, id, expected).await?;
    if category.archived_at.is_none() {
        return Ok(category);
    }
    if let Some(parent) = category.parent_id
        && let Some(parent) = store::category(writing.connection, writing.store, parent).await?
    {
        refuse_archived(&parent, &mut Fields::default())?;
    }
    write(writing, Deed::Restore, &category, Category { archived_at: None, ..category.clone() }).await
}

async fn locked(writing: &mut Writing<'_>, id: CategoryId, expected: Option<i64>) -> Result<Category, Error> {
    store::lock_tree(writing.connection, writing.store).await?;
    let category = store::category(writing.connection, writing.store, id).await?;
    let category = category.ok_or(Error::NotFound(Thing::Category))?;
    expect_version(expected, category.version)?;
    Ok(category)
}

/// The parsed fields and the parent. `moving` is the category itself, which cannot hang below itself.
async fn parse(
    writing: &mut Writing<'_>,
    draft: CategoryDraft,
    moving: Option<&Category>,
) -> Result<(ParsedCategory, Option<Category>), Error> {
    let mut fields = Fields::default();
    let parent = match &draft.parent {
        None => None,
        Some(wanted) => {
            let parent = find_category(writing, wanted).await?;
            match (&parent, moving) {
                (None, _) => fields.refuse("/parent", "unknown", format_args!("no category {wanted}")),
                (Some(parent), Some(moving)) if moving.contains(&parent.path) => {
                    fields.refuse("/parent", "cycle", "a category cannot hang below itself");
                }
                (Some(parent), moving) => {
                    let stays = moving.is_some_and(|moving| moving.parent_id == Some(parent.id));
                    if parent.archived_at.is_some() && !stays {
                        fields.refuse("/parent", "archived", "this parent is archived");
                    }
                }
            }
            parent
        }
    };
    let parsed = draft.parse(&mut fields);
    Ok((fields.give(parsed)?, parent))
}

fn refuse_archived(parent: &Category, fields: &mut Fields) -> Result<(), Error> {
    if parent.archived_at.is_some() {
        fields.refuse("/parent", "archived", "this parent is archived");
    }
    Ok(std::mem::take(fields).finish()?)
}

async fn write(
    writing: &mut Writing<'_>,
    deed: Deed,
    before: &Category,
    category: Category,
) -> Result<Category, Error> {
    let category = Category { version: category.version + 1, updated_at: writing.now, ..category };
    store::update_category(writing.connection, &category).await?;
    writing.tell(deed, before, &category);
    writing.changed.categories.insert(category.id);
    Ok(category)
}

fn slug(wanted: WantedSlug) -> Slug {
    match wanted {
        WantedSlug::Given(slug) | WantedSlug::Made(slug) => slug,
    }
}
