//! Products: create (with their first variants), change, archive.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::id::{ProductId, SellerId};

use super::super::attribute::AttributeDefinition;
use super::super::brand::Brand;
use super::super::category::Category;
use super::super::error::{Error, Thing};
use super::super::field::{FieldErrors, Fields};
use super::super::name::{Slug, WantedSlug};
use super::super::picture::Pictured;
use super::super::product::{Product, ProductDraft, ProductPatch, ProductStatus, VARIANTS_MAX};
use super::super::store;
use super::super::variant::Variant;
use super::{Deed, Writing, expect_version, find_brand, find_category, variant};

pub(in crate::catalog) async fn create(
    writing: &mut Writing<'_>,
    mut draft: ProductDraft,
    seller: Option<SellerId>,
) -> Result<(Product, Vec<Variant>), Error> {
    let id = ProductId::from_uuid(writing.ids.next(writing.now));
    let mut fields = Fields::default();
    let References { brand, category, definitions } = references(writing, &draft, None, &mut fields).await?;
    let drafts = std::mem::take(&mut draft.variants);
    fields.count("/variants", drafts.len(), VARIANTS_MAX);
    let (status, availability) = (draft.status, draft.availability);
    if status == ProductStatus::Active && drafts.is_empty() {
        fields.refuse("/status", "no_variants", "what is for sale has a variant");
    }
    let parsed = draft.parse(&definitions, &mut fields);
    let variants = variant::parse_all(writing, id, drafts, &definitions, &mut fields).await?;
    let parsed = fields.give(parsed)?;
    let product = Product {
        id,
        store_id: writing.store,
        slug: free_slug(writing, parsed.slug).await?,
        title: parsed.title,
        description: parsed.description,
        brand_id: brand.map(|brand| brand.id),
        category_id: category.map(|category| category.id),
        seller_id: seller,
        specs: parsed.specs,
        media: parsed.media,
        tags: parsed.tags,
        status,
        availability,
        version: 1,
        created_at: writing.now,
        updated_at: writing.now,
    };
    store::insert_product(writing.connection, &product).await?;
    store::insert_variants(writing.connection, &variants).await?;
    let along = variants.iter().map(|variant| Value::Object(variant.picture())).collect();
    writing.tell_made_with(&product, Map::from_iter([("variants".to_owned(), Value::Array(along))]));
    writing.changed.products.insert(product.id);
    writing.changed.skus.extend(variants.iter().map(|variant| variant.sku.clone()));
    Ok((product, variants))
}

pub(in crate::catalog) async fn change(
    writing: &mut Writing<'_>,
    id: ProductId,
    expected: Option<i64>,
    patch: ProductPatch,
) -> Result<Product, Error> {
    let product = locked(writing, id, expected).await?;
    // Its definitions may have changed since: what is not touched is not judged again.
    let judges_specs = patch.specs.is_some() || patch.category.is_some();
    let draft = patch.onto(product.draft());
    let status = product.status.become_(draft.status)?;
    let availability = draft.availability;
    let mut fields = Fields::default();
    if status == ProductStatus::Active
        && product.status != ProductStatus::Active
        && store::live_variants_of(writing.connection, id).await? == 0
    {
        fields.refuse("/status", "no_variants", "what is for sale has a variant that is not archived");
    }
    let References { brand, category, definitions } = references(writing, &draft, Some(&product), &mut fields).await?;
    let parsed = draft.parse(if judges_specs { &definitions } else { &[] }, &mut fields);
    let parsed = fields.give(parsed)?;
    let changed = Product {
        slug: free_slug(writing, parsed.slug).await?,
        title: parsed.title,
        description: parsed.description,
        brand_id: brand.map(|brand| brand.id),
        category_id: category.map(|category| category.id),
        specs: parsed.specs,
        media: parsed.media,
        tags: parsed.tags,
        status,
        availability,
        ..product.clone()
    };
    write(writing, Deed::Change, &product, changed).await
}

/// Out of the assortment: what is archived already stays so.
pub(in crate::catalog) async fn archive(
    writing: &mut Writing<'_>,
    id: ProductId,
    expected: Option<i64>,
) -> Result<Product, Error> {
    let product = locked(writing, id, expected).await?;
    if product.status == ProductStatus::Archived {
        return Ok(product);
    }
    let status = product.status.become_(ProductStatus::Archived)?;
    write(writing, Deed::Archive, &product, Product { status, ..product.clone() }).await
}

async fn locked(writing: &mut Writing<'_>, id: ProductId, expected: Option<i64>) -> Result<Product, Error> {
    let product = store::product_for_update(writing.connection, writing.store, id).await?;
    let product = product.ok_or(Error::NotFound(Thing::Product))?;
    expect_version(expected, product.version)?;
    Ok(product)
}

async fn write(writing: &mut Writing<'_>, deed: Deed, before: &Product, product: Product) -> Result<Product, Error> {
    let product = Product { version: product.version + 1, updated_at: writing.now, ..product };
    store::update_product(writing.connection, &product).await?;
    writing.tell(deed, before, &product);
    writing.changed.products.insert(product.id);
    // Offers carry the title, the slug and whether it is for sale.
    writing.changed.skus.extend(store::skus_of(writing.connection, product.id).await?);
    Ok(product)
}

struct References {
    brand: Option<Brand>,
    category: Option<Category>,
    definitions: Vec<AttributeDefinition>,
}

/// Brand and category, found by id or slug. What the product has already may be archived meanwhile; what it gets may not.
async fn references(
    writing: &mut Writing<'_>,
    draft: &ProductDraft,
    before: Option<&Product>,
    fields: &mut Fields,
) -> Result<References, Error> {
    let mut brand = None;
    if let Some(wanted) = &draft.brand {
        brand = find_brand(writing, wanted).await?;
        let kept = before.and_then(|before| before.brand_id);
        match &brand {
            None => fields.refuse("/brand", "unknown", format_args!("no brand {wanted}")),
            Some(brand) if brand.archived_at.is_some() && kept != Some(brand.id) => {
                fields.refuse("/brand", "archived", "this brand is archived");
            }
            Some(_) => {}
        }
    }
    let mut category = None;
    let mut definitions = Vec::new();
    if let Some(wanted) = &draft.category {
        category = find_category(writing, wanted).await?;
        let kept = before.and_then(|before| before.category_id);
        match &category {
            None => fields.refuse("/category", "unknown", format_args!("no category {wanted}")),
            Some(category) if category.archived_at.is_some() && kept != Some(category.id) => {
                fields.refuse("/category", "archived", "this category is archived");
            }
            Some(category) => definitions = store::definitions_in(writing.connection, category).await?,
        }
    }
    Ok(References { brand, category, definitions })
}

/// A slug made of a title gets the first number that is free; one that was given is the database's to judge.
async fn free_slug(writing: &mut Writing<'_>, wanted: WantedSlug) -> Result<Slug, Error> {
    let slug = match wanted {
        WantedSlug::Given(slug) => return Ok(slug),
        WantedSlug::Made(slug) => slug,
    };
    let taken: BTreeSet<String> =
        store::slugs_like(writing.connection, writing.store, &slug).await?.into_iter().collect();
    if !taken.contains(slug.as_str()) {
        return Ok(slug);
    }
    let mut numbered = (2..=taken.len() + 2).map(|number| slug.numbered(number));
    let free = numbered.find(|slug| !taken.contains(slug.as_str()));
    free.ok_or_else(|| FieldErrors::one("/slug", "taken", "another product has this slug").into())
}
