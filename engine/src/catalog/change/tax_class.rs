//! Tax classes: create, change, archive, restore. A new rate holds for every order from the commit on.

use super::super::error::{Error, Thing};
use super::super::name::Code;
use super::super::store;
use super::super::tax::{TaxClass, TaxClassDraft, TaxClassPatch};
use super::{Deed, Writing, expect_version};

pub(in crate::catalog) async fn create(writing: &mut Writing<'_>, draft: TaxClassDraft) -> Result<TaxClass, Error> {
    let parsed = draft.parse()?;
    let class = TaxClass {
        store_id: writing.store,
        code: parsed.code,
        name: parsed.name,
        rate: parsed.rate,
        version: 1,
        archived_at: None,
        created_at: writing.now,
        updated_at: writing.now,
    };
    store::insert_tax_class(writing.connection, &class).await?;
    writing.tell_made(&class);
    Ok(class)
}

pub(in crate::catalog) async fn change(
    writing: &mut Writing<'_>,
    code: Code,
    expected: Option<i64>,
    patch: TaxClassPatch,
) -> Result<TaxClass, Error> {
    let class = locked(writing, &code, expected).await?;
    let parsed = patch.onto(class.draft()).parse()?;
    let changed = TaxClass { name: parsed.name, rate: parsed.rate, ..class.clone() };
    write(writing, Deed::Change, &class, changed).await
}

/// A class that something for sale is taxed by stays.
pub(in crate::catalog) async fn archive(
    writing: &mut Writing<'_>,
    code: Code,
    expected: Option<i64>,
) -> Result<TaxClass, Error> {
    // First the store, then the class: the order in which shipping is changed.
    let shipping = store::shipping_for_update(writing.connection, writing.store).await?;
    let class = locked(writing, &code, expected).await?;
    if class.archived_at.is_some() {
        return Ok(class);
    }
    if shipping.tax_class == code.as_str() {
        return Err(Error::Needed { what: Thing::TaxClass, why: "shipping is taxed by it" });
    }
    let count = store::live_variants_taxed_by(writing.connection, writing.store, &code).await?;
    if count > 0 {
        return Err(Error::InUse { what: Thing::TaxClass, of: "variants that are not archived", count });
    }
    let archived_at = Some(writing.now);
    write(writing, Deed::Archive, &class, TaxClass { archived_at, ..class.clone() }).await
}

pub(in crate::catalog) async fn restore(
    writing: &mut Writing<'_>,
    code: Code,
    expected: Option<i64>,
) -> Result<TaxClass, Error> {
    let class = locked(writing, &code, expected).await?;
    if class.archived_at.is_none() {
        return Ok(class);
    }
    write(writing, Deed::Restore, &class, TaxClass { archived_at: None, ..class.clone() }).await
}

async fn locked(writing: &mut Writing<'_>, code: &Code, expected: Option<i64>) -> Result<TaxClass, Error> {
    let class = store::tax_class_for_update(writing.connection, writing.store, code).await?;
    let class = class.ok_or(Error::NotFound(Thing::TaxClass))?;
    expect_version(expected, class.version)?;
    Ok(class)
}

async fn write(writing: &mut Writing<'_>, deed: Deed, before: &TaxClass, class: TaxClass) -> Result<TaxClass, Error> {
    let class = TaxClass { version: class.version + 1, updated_at: writing.now, ..class };
    store::update_tax_class(writing.connection, &class).await?;
    writing.tell(deed, before, &class);
    writing.changed.tax_classes.insert(class.code.clone());
    Ok(class)
}
