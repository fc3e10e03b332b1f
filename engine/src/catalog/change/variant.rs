//! Variants: create, change, archive, restore.

use std::collections::BTreeMap;

use crate::id::{ProductId, VariantId};

use super::super::attribute::AttributeDefinition;
use super::super::error::{Error, Thing};
use super::super::field::{FieldErrors, Fields};
use super::super::name::Sku;
use super::super::product::{Product, ProductStatus, VARIANTS_MAX};
use super::super::store;
use super::super::variant::{ParsedVariant, Rules, Variant, VariantDraft, VariantPatch};
use super::{Deed, Writing, expect_version};

pub(in crate::catalog) async fn create(
    writing: &mut Writing<'_>,
    product: ProductId,
    draft: VariantDraft,
) -> Result<Variant, Error> {
    // Locked, so that it is not archived meanwhile and its variants are counted one by one.
    let product = store::product_for_update(writing.connection, writing.store, product).await?;
    let product = product.ok_or(Error::NotFound(Thing::Product))?;
    let siblings = store::skus_of(writing.connection, product.id).await?.len();
    if siblings >= VARIANTS_MAX {
        let told = format_args!("a product has at most {VARIANTS_MAX} variants");
        return Err(FieldErrors::one("", "too_many", told).into());
    }
    let definitions = definitions_of(writing, &product).await?;
    let mut fields = Fields::default();
    let parsed = parse(writing, draft, &definitions, &mut fields).await?;
    let variant = new(writing, product.id, fields.give(parsed)?);
    store::insert_variants(writing.connection, std::slice::from_ref(&variant)).await?;
    writing.tell_made(&variant);
    writing.changed.products.insert(product.id);
    writing.changed.skus.insert(variant.sku.clone());
    Ok(variant)
}

pub(in crate::catalog) async fn change(
    writing: &mut Writing<'_>,
    id: VariantId,
    expected: Option<i64>,
    patch: VariantPatch,
) -> Result<Variant, Error> {
    let variant = locked(writing, id, expected).await?;
    let mut definitions = Vec::new();
    // Its definitions may have changed since: what is not touched is not judged again.
    if patch.attributes.is_some() {
        let product = store::product(writing.connection, writing.store, variant.product_id).await?;
        definitions = definitions_of(writing, &product.ok_or(Error::NotFound(Thing::Product))?).await?;
    }
    let mut fields = Fields::default();
    let parsed = parse(writing, patch.onto(variant.draft()), &definitions, &mut fields).await?;
    let parsed = fields.give(parsed)?;
    // Its offer goes from the old name too.
    writing.changed.skus.insert(variant.sku.clone());
    let changed = Variant {
        version: variant.version,
        archived_at: variant.archived_at,
        created_at: variant.created_at,
        ..with(variant.id, writing, variant.product_id, parsed)
    };
    write(writing, Deed::Change, &variant, changed).await
}

/// The last live variant of an active product stays: a product for sale has something to buy.
pub(in crate::catalog) async fn archive(
    writing: &mut Writing<'_>,
    id: VariantId,
    expected: Option<i64>,
) -> Result<Variant, Error> {
    let variant = locked(writing, id, expected).await?;
    if variant.archived_at.is_some() {
        return Ok(variant);
    }
    let product = store::product_for_update(writing.connection, writing.store, variant.product_id).await?;
    if product.is_some_and(|product| product.status == ProductStatus::Active)
        && store::live_variants_of(writing.connection, variant.product_id).await? == 1
    {
        return Err(Error::InUse { what: Thing::Variant, of: "active product whose last variant it is", count: 1 });
    }
    let archived_at = Some(writing.now);
    write(writing, Deed::Archive, &variant, Variant { archived_at, ..variant.clone() }).await
}

pub(in crate::catalog) async fn restore(
    writing: &mut Writing<'_>,
    id: VariantId,
    expected: Option<i64>,
) -> Result<Variant, Error> {
    let variant = locked(writing, id, expected).await?;
    if variant.archived_at.is_none() {
        return Ok(variant);
    }
    write(writing, Deed::Restore, &variant, Variant { archived_at: None, ..variant.clone() }).await
}

/// The first variants of a new product; what is wrong with them goes to `fields`.
pub(super) async fn parse_all(
    writing: &mut Writing<'_>,
    product: ProductId,
    drafts: Vec<VariantDraft>,
    definitions: &[AttributeDefinition],
    fields: &mut Fields,
) -> Result<Vec<Variant>, Error> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let currency = store::currency(writing.connection, writing.store).await?;
    let tax_classes = store::tax_classes(writing.connection, writing.store).await?;
    let rules = Rules { currency, tax_classes: &tax_classes, definitions };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    // What is no SKU is nobody's, and may be text that PostgreSQL does not take.
    let asked: Vec<&str> =
        drafts.iter().map(|draft| draft.sku.as_str()).filter(|sku| Sku::parse(sku).is_ok()).collect();
    let taken = store::taken_skus(writing.connection, writing.store, &asked).await?;
    let mut variants = Vec::with_capacity(drafts.len());
    for (n, draft) in drafts.into_iter().enumerate() {
        let mut own = Fields::under(format!("/variants/{n}"));
        if let Some(first) = seen.insert(draft.sku.clone(), n) {
            own.refuse("/sku", "duplicate", format_args!("the variant {first} has this SKU"));
        }
        if taken.iter().any(|(sku, _)| *sku == draft.sku) {
            own.refuse("/sku", "taken", "another variant has this SKU");
        }
        let draft = VariantDraft { position: if draft.position == 0 { n as i32 } else { draft.position }, ..draft };
        if let Some(parsed) = draft.parse(&rules, &mut own) {
            variants.push(new(writing, product, parsed));
        }
        fields.also(own.finish());
    }
    Ok(variants)
}

async fn parse(
    writing: &mut Writing<'_>,
    draft: VariantDraft,
    definitions: &[AttributeDefinition],
    fields: &mut Fields,
) -> Result<Option<ParsedVariant>, Error> {
    let currency = store::currency(writing.connection, writing.store).await?;
    let tax_classes = store::tax_classes(writing.connection, writing.store).await?;
    Ok(draft.parse(&Rules { currency, tax_classes: &tax_classes, definitions }, fields))
}

async fn definitions_of(writing: &mut Writing<'_>, product: &Product) -> Result<Vec<AttributeDefinition>, Error> {
    let Some(category) = product.category_id else { return Ok(Vec::new()) };
    match store::category(writing.connection, writing.store, category).await? {
        None => Ok(Vec::new()),
        Some(category) => Ok(store::definitions_in(writing.connection, &category).await?),
    }
}

fn new(writing: &Writing<'_>, product: ProductId, parsed: ParsedVariant) -> Variant {
    with(VariantId::from_uuid(writing.ids.next(writing.now)), writing, product, parsed)
}

fn with(id: VariantId, writing: &Writing<'_>, product_id: ProductId, parsed: ParsedVariant) -> Variant {
    Variant {
        id,
        store_id: writing.store,
        product_id,
        sku: parsed.sku,
        attributes: parsed.attributes,
        barcode: parsed.barcode,
        price: parsed.price,
        tax_class: parsed.tax_class,
        weight_grams: parsed.weight_grams,
        on_sale_from: parsed.on_sale_from,
        purchase_limit: parsed.purchase_limit,
        hold_ttl_s: parsed.hold_ttl_s,
        position: parsed.position,
        version: 1,
        archived_at: None,
        created_at: writing.now,
        updated_at: writing.now,
    }
}

async fn locked(writing: &mut Writing<'_>, id: VariantId, expected: Option<i64>) -> Result<Variant, Error> {
    let variant = store::variant_for_update(writing.connection, writing.store, id).await?;
    let variant = variant.ok_or(Error::NotFound(Thing::Variant))?;
    expect_version(expected, variant.version)?;
    Ok(variant)
}

async fn write(writing: &mut Writing<'_>, deed: Deed, before: &Variant, variant: Variant) -> Result<Variant, Error> {
    let variant = Variant { version: variant.version + 1, updated_at: writing.now, ..variant };
    store::update_variant(writing.connection, &variant).await?;
    writing.tell(deed, before, &variant);
    writing.changed.products.insert(variant.product_id);
    writing.changed.skus.insert(variant.sku.clone());
    Ok(variant)
}
