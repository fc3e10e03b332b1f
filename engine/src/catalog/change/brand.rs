//! Brands: create, change, archive, restore.

use crate::id::BrandId;

use super::super::brand::{Brand, BrandDraft, BrandPatch};
use super::super::error::{Error, Thing};
use super::super::name::{Slug, WantedSlug};
use super::super::store;
use super::{Deed, Writing, expect_version};

pub(in crate::catalog) async fn create(writing: &mut Writing<'_>, draft: BrandDraft) -> Result<Brand, Error> {
    let parsed = draft.parse()?;
    let brand = Brand {
        id: BrandId::from_uuid(writing.ids.next(writing.now)),
        store_id: writing.store,
        slug: slug(parsed.slug),
        name: parsed.name,
        version: 1,
        archived_at: None,
        created_at: writing.now,
        updated_at: writing.now,
    };
    store::insert_brand(writing.connection, &brand).await?;
    writing.tell_made(&brand);
    writing.changed.brands.insert(brand.id);
    Ok(brand)
}

pub(in crate::catalog) async fn change(
    writing: &mut Writing<'_>,
    id: BrandId,
    expected: Option<i64>,
    patch: BrandPatch,
) -> Result<Brand, Error> {
    let brand = locked(writing, id, expected).await?;
    let parsed = patch.onto(brand.draft()).parse()?;
    let changed = Brand { slug: slug(parsed.slug), name: parsed.name, ..brand.clone() };
    write(writing, Deed::Change, &brand, changed).await
}

/// A brand that active products carry stays.
pub(in crate::catalog) async fn archive(
    writing: &mut Writing<'_>,
    id: BrandId,
    expected: Option<i64>,
) -> Result<Brand, Error> {
    let brand = locked(writing, id, expected).await?;
    if brand.archived_at.is_some() {
        return Ok(brand);
    }
    let count = store::active_products_of_brand(writing.connection, id).await?;
    if count > 0 {
        return Err(Error::InUse { what: Thing::Brand, of: "active products", count });
    }
    let archived_at = Some(writing.now);
    write(writing, Deed::Archive, &brand, Brand { archived_at, ..brand.clone() }).await
}

pub(in crate::catalog) async fn restore(
    writing: &mut Writing<'_>,
    id: BrandId,
    expected: Option<i64>,
) -> Result<Brand, Error> {
    let brand = locked(writing, id, expected).await?;
    if brand.archived_at.is_none() {
        return Ok(brand);
    }
    write(writing, Deed::Restore, &brand, Brand { archived_at: None, ..brand.clone() }).await
}

async fn locked(writing: &mut Writing<'_>, id: BrandId, expected: Option<i64>) -> Result<Brand, Error> {
    let brand = store::brand_for_update(writing.connection, writing.store, id).await?;
    let brand = brand.ok_or(Error::NotFound(Thing::Brand))?;
    expect_version(expected, brand.version)?;
    Ok(brand)
}

async fn write(writing: &mut Writing<'_>, deed: Deed, before: &Brand, brand: Brand) -> Result<Brand, Error> {
    let brand = Brand { version: brand.version + 1, updated_at: writing.now, ..brand };
    store::update_brand(writing.connection, &brand).await?;
    writing.tell(deed, before, &brand);
    writing.changed.brands.insert(brand.id);
    Ok(brand)
}

/// Two brands of one name are a mistake more often than not: no number is put behind the second one's slug.
fn slug(wanted: WantedSlug) -> Slug {
    match wanted {
        WantedSlug::Given(slug) | WantedSlug::Made(slug) => slug,
    }
}
