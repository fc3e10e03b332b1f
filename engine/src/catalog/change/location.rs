//! Locations: create, change, archive, restore.

use crate::id::LocationId;

use super::super::error::{Error, Thing};
use super::super::location::{Location, LocationDraft, LocationPatch};
use super::super::store;
use super::{Deed, Writing, expect_version};

pub(in crate::catalog) async fn create(writing: &mut Writing<'_>, draft: LocationDraft) -> Result<Location, Error> {
    let parsed = draft.parse()?;
    let location = Location {
        id: LocationId::from_uuid(writing.ids.next(writing.now)),
        store_id: writing.store,
        code: parsed.code,
        name: parsed.name,
        is_default: false,
        version: 1,
        archived_at: None,
        created_at: writing.now,
        updated_at: writing.now,
    };
    store::insert_location(writing.connection, &location).await?;
    writing.tell_made(&location);
    Ok(location)
}

pub(in crate::catalog) async fn change(
    writing: &mut Writing<'_>,
    id: LocationId,
    expected: Option<i64>,
    patch: LocationPatch,
) -> Result<Location, Error> {
    let location = locked(writing, id, expected).await?;
    let parsed = patch.onto(location.draft()).parse()?;
    let changed = Location { code: parsed.code, name: parsed.name, ..location.clone() };
    write(writing, Deed::Change, &location, changed).await
}

/// A location where something is, and the one that is sold from, stay. What is brought there in the same moment can still be
/// carried away once it is restored.
pub(in crate::catalog) async fn archive(
    writing: &mut Writing<'_>,
    id: LocationId,
    expected: Option<i64>,
) -> Result<Location, Error> {
    let location = locked(writing, id, expected).await?;
    if location.archived_at.is_some() {
        return Ok(location);
    }
    if location.is_default {
        return Err(Error::Needed { what: Thing::Location, why: "the shop sells from it" });
    }
    let count = store::accounts_at(writing.connection, id).await?;
    if count > 0 {
        return Err(Error::InUse { what: Thing::Location, of: "items in stock", count });
    }
    let archived_at = Some(writing.now);
    write(writing, Deed::Archive, &location, Location { archived_at, ..location.clone() }).await
}

pub(in crate::catalog) async fn restore(
    writing: &mut Writing<'_>,
    id: LocationId,
    expected: Option<i64>,
) -> Result<Location, Error> {
    let location = locked(writing, id, expected).await?;
    if location.archived_at.is_none() {
        return Ok(location);
    }
    write(writing, Deed::Restore, &location, Location { archived_at: None, ..location.clone() }).await
}

async fn locked(writing: &mut Writing<'_>, id: LocationId, expected: Option<i64>) -> Result<Location, Error> {
    let location = store::location_for_update(writing.connection, writing.store, id).await?;
    let location = location.ok_or(Error::NotFound(Thing::Location))?;
    expect_version(expected, location.version)?;
    Ok(location)
}

async fn write(
    writing: &mut Writing<'_>,
    deed: Deed,
    before: &Location,
    location: Location,
) -> Result<Location, Error> {
    let location = Location { version: location.version + 1, updated_at: writing.now, ..location };
    store::update_location(writing.connection, &location).await?;
    writing.tell(deed, before, &location);
    Ok(location)
}
