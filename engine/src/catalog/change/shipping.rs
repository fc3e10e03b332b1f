//! Shipping: change. The new rules hold for every quote from the commit on.

use super::super::error::Error;
use super::super::field::Fields;
use super::super::name::Code;
use super::super::shipping::{Shipping, ShippingPatch};
use super::super::store;
use super::{Deed, Writing, expect_version};

pub(in crate::catalog) async fn change(
    writing: &mut Writing<'_>,
    expected: Option<i64>,
    patch: ShippingPatch,
) -> Result<Shipping, Error> {
    let shipping = store::shipping_for_update(writing.connection, writing.store).await?;
    expect_version(expected, shipping.version)?;
    let mut fields = Fields::default();
    let changed = patch.onto(shipping.clone(), &mut fields);
    if changed.tax_class != shipping.tax_class && !is_in_use(writing, &changed.tax_class).await? {
        fields.refuse("/tax_class", "unknown", format_args!("no tax class {}", changed.tax_class));
    }
    fields.finish()?;
    let changed = Shipping { version: changed.version + 1, updated_at: writing.now, ..changed };
    store::update_shipping(writing.connection, writing.store, &changed).await?;
    writing.changed.shipping = true;
    writing.tell(Deed::Change, &shipping, &changed);
    Ok(changed)
}

/// What is no code is nobody's, and may be text that PostgreSQL does not take.
async fn is_in_use(writing: &mut Writing<'_>, tax_class: &str) -> Result<bool, Error> {
    let Ok(code) = Code::parse(tax_class) else { return Ok(false) };
    let class = store::tax_class(writing.connection, writing.store, &code).await?;
    Ok(class.is_some_and(|class| class.archived_at.is_none()))
}
