//! PURE. The products and variants of one batch, as they were and as the rows want them.

use std::collections::{BTreeSet, HashMap};

use crate::clock::{IdSource, Timestamp};
use crate::id::{ProductId, StoreId, VariantId};

use super::super::attribute::{AttributeDefinition, read_as_defined};
use super::super::brand::Brand;
use super::super::category::Category;
use super::super::change::Writing;
use super::super::field::{FieldErrors, Fields};
use super::super::name::{Sku, Slug};
use super::super::product::{Product, ProductDraft, ProductStatus};
use super::super::variant::{Rules, Variant, VariantDraft, VariantPatch};
use super::references::References;
use super::told::Told;
use super::{BulkChange, BulkOutcome, BulkRow, slug_of};

pub(super) struct Working {
    references: References,
    products: HashMap<ProductId, Entry<Product>>,
    by_slug: HashMap<Slug, ProductId>,
    variants: HashMap<Sku, Entry<Variant>>,
    next_position: HashMap<ProductId, i32>,
    skus: HashMap<ProductId, Vec<Sku>>,
}

struct Entry<T> {
    before: Option<T>,
    now: T,
}

/// What rows needed and was not there.
pub(super) struct Made {
    pub(super) brands: Vec<Brand>,
    pub(super) categories: Vec<Category>,
    pub(super) references: References,
}

/// What differs from what was.
pub(super) struct Written {
    pub(super) products: Vec<Product>,
    pub(super) variants: Vec<Variant>,
    pub(super) touched: BTreeSet<ProductId>,
    pub(super) skus: BTreeSet<Sku>,
    pub(super) told: Told,
}

impl Working {
    pub(super) fn new(
        references: References,
        products: Vec<Product>,
        variants: Vec<Variant>,
        next_position: HashMap<ProductId, i32>,
        skus: HashMap<ProductId, Vec<Sku>>,
    ) -> Self {
        let entry = |product: Product| (product.id, Entry { before: Some(product.clone()), now: product });
        Self {
            references,
            by_slug: products.iter().map(|product| (product.slug.clone(), product.id)).collect(),
            products: products.into_iter().map(entry).collect(),
            variants: variants
                .into_iter()
                .map(|variant| (variant.sku.clone(), Entry { before: Some(variant.clone()), now: variant }))
                .collect(),
            next_position,
            skus,
        }
    }

    /// The row whole, or nothing of it.
    pub(super) fn apply(&mut self, writing: &Writing<'_>, row: BulkRow) -> BulkOutcome {
        let mark = self.references.mark();
        match self.parse(row, writing.store, (writing.now, writing.ids)) {
            Ok((product, variant)) => self.keep(product, variant),
            Err(errors) => {
                self.references.take_back(mark);
                BulkOutcome::Rejected(errors)
            }
        }
    }

    fn parse(
        &mut self,
        row: BulkRow,
        store: StoreId,
        fresh: (Timestamp, &dyn IdSource),
    ) -> Result<(Product, Option<Variant>), FieldErrors> {
        let mut fields = Fields::default();
        let sku = match &row.sku {
            None => None,
            Some(sku) => match fields.name("/sku", sku.trim(), Sku::parse(sku.trim())) {
                Some(sku) => Some(sku),
                None => return Err(fields.finish().expect_err("just noted")),
            },
        };
        let known = sku.as_ref().and_then(|sku| self.variants.get(sku)).map(|entry| entry.now.clone());
        let (before, slug) = self.product_of(&row, known.as_ref())?;
        if let (Some(known), owner) = (&known, before.as_ref().map(|product| product.id))
            && owner != Some(known.product_id)
        {
            fields.refuse("/sku", "taken", "this SKU belongs to another product");
        }
        let has_variant = sku.is_some();
        let BulkRow { product: patch, brand, category, variant: variant_patch, .. } = row;
        let id = before.as_ref().map_or_else(|| ProductId::from_uuid(fresh.1.next(fresh.0)), |before| before.id);
        let product = self.product(before, id, slug, (patch, brand, category), has_variant, store, fresh, &mut fields);
        // Also when the product is wrong: all there is to mend is told at once.
        let category = product.as_ref().and_then(|product| product.category_id);
        let definitions = self.references.definitions(category);
        let variant =
            sku.and_then(|sku| self.variant(known, sku, id, variant_patch, &definitions, store, fresh, &mut fields));
        fields.finish()?;
        Ok((product.expect("nothing was wrong with it"), variant))
    }

    /// The product that a row is about and the slug it has or gets.
    fn product_of(&self, row: &BulkRow, known: Option<&Variant>) -> Result<(Option<Product>, Slug), FieldErrors> {
        if let Some(key) = &row.key {
            let slug = slug_of(key)
                .ok_or_else(|| FieldErrors::one("/product", "invalid", "no slug can be made of this key"))?;
            return Ok((self.by_slug.get(&slug).map(|id| self.products[id].now.clone()), slug));
        }
        if let Some(product) = known.and_then(|known| self.products.get(&known.product_id)) {
            return Ok((Some(product.now.clone()), product.now.slug.clone()));
        }
        let free = made_slugs(row).into_iter().find(|slug| !self.by_slug.contains_key(slug));
        match free {
            Some(slug) => Ok((None, slug)),
            None if row.sku.is_none() => {
                Err(FieldErrors::one("/product", "required", "a row names its product or its SKU"))
            }
            None => {
                Err(FieldErrors::one("/product", "required", "no free slug can be made of title and SKU: give one"))
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one row's worth of context, used here only")]
    fn product(
        &mut self,
        before: Option<Product>,
        id: ProductId,
        slug: Slug,
        (patch, brand, category): ProductSide,
        has_variant: bool,
        store: StoreId,
        (now, ids): (Timestamp, &dyn IdSource),
        fields: &mut Fields,
    ) -> Option<Product> {
        let judges_specs = before.is_none() || patch.specs.is_some() || category.is_some();
        let kept = before.as_ref();
        let brand_id = match brand {
            None => kept.and_then(|before| before.brand_id),
            Some(None) => None,
            Some(Some(name)) => {
                self.references.brand(&name, kept.and_then(|before| before.brand_id), (now, ids), fields)
            }
        };
        let category_id = match category {
            None => kept.and_then(|before| before.category_id),
            Some(None) => None,
            Some(Some(names)) => {
                self.references.category(&names, kept.and_then(|before| before.category_id), (now, ids), fields)
            }
        };
        let draft = patch.onto(kept.map(Product::draft).unwrap_or_default());
        let (status, availability) = (draft.status, draft.availability);
        self.check_status(kept, status, has_variant, fields);
        let draft = ProductDraft { slug: Some(slug.to_string()), ..draft };
        let definitions = if judges_specs { self.references.definitions(category_id) } else { Vec::new() };
        let parsed = draft.parse(&definitions, fields)?;
        Some(Product {
            id,
            store_id: store,
            slug,
            title: parsed.title,
            description: parsed.description,
            brand_id,
            category_id,
            seller_id: kept.and_then(|before| before.seller_id),
            specs: parsed.specs,
            media: parsed.media,
            tags: parsed.tags,
            status,
            availability,
            version: kept.map_or(1, |before| before.version),
            created_at: kept.map_or(now, |before| before.created_at),
            updated_at: kept.map_or(now, |before| before.updated_at),
        })
    }

    fn check_status(&self, kept: Option<&Product>, status: ProductStatus, has_variant: bool, fields: &mut Fields) {
        if let Some(before) = kept
            && let Err(error) = before.status.become_(status)
        {
            fields.refuse("/status", "invalid_state", error);
        }
        let has_any = has_variant || kept.is_some_and(|before| self.skus.contains_key(&before.id));
        if status == ProductStatus::Active && !has_any {
            fields.refuse("/status", "no_variants", "what is for sale has a variant");
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one row's worth of context, used here only")]
    fn variant(
        &self,
        known: Option<Variant>,
        sku: Sku,
        product: ProductId,
        mut patch: VariantPatch,
        definitions: &[AttributeDefinition],
        store: StoreId,
        (now, ids): (Timestamp, &dyn IdSource),
        fields: &mut Fields,
    ) -> Option<Variant> {
        let judges_attributes = known.is_none() || patch.attributes.is_some();
        if let Some(attributes) = &mut patch.attributes {
            read_as_defined(attributes, definitions);
        }
        let draft = match &known {
            Some(known) => {
                // An MRP that only repeats the price goes along with it.
                if patch.mrp.is_none() && patch.price.is_some() && known.price.mrp_minor == known.price.price_minor {
                    patch.mrp = Some(None);
                }
                known.draft()
            }
            None => {
                let Some(price) = patch.price else {
                    fields.refuse("/price", "required", "a new variant needs a price");
                    return None;
                };
                let position = self.next_position.get(&product).copied().unwrap_or(0);
                VariantDraft { position, ..VariantDraft::new(sku.as_str(), price) }
            }
        };
        let rules = Rules {
            currency: self.references.currency,
            tax_classes: &self.references.tax_classes,
            definitions: if judges_attributes { definitions } else { &[] },
        };
        let parsed = patch.onto(draft).parse(&rules, fields)?;
        Some(Variant {
            id: known.as_ref().map_or_else(|| VariantId::from_uuid(ids.next(now)), |known| known.id),
            store_id: store,
            product_id: product,
            sku,
            attributes: parsed.attributes,
            barcode: parsed.barcode,
            price: parsed.price,
            tax_class: parsed.tax_class,
            weight_grams: parsed.weight_grams,
            on_sale_from: parsed.on_sale_from,
            purchase_limit: parsed.purchase_limit,
            hold_ttl_s: parsed.hold_ttl_s,
            position: parsed.position,
            version: known.as_ref().map_or(1, |known| known.version),
            archived_at: known.as_ref().and_then(|known| known.archived_at),
            created_at: known.as_ref().map_or(now, |known| known.created_at),
            updated_at: known.as_ref().map_or(now, |known| known.updated_at),
        })
    }

    fn keep(&mut self, product: Product, variant: Option<Variant>) -> BulkOutcome {
        let id = product.id;
        self.by_slug.insert(product.slug.clone(), id);
        let product_change = keep(self.products.entry(id), product);
        let variant = variant.map(|variant| {
            let id = variant.id;
            if !self.variants.contains_key(&variant.sku) {
                let next = self.next_position.entry(variant.product_id).or_insert(0);
                *next = (*next).max(variant.position.saturating_add(1));
                self.skus.entry(variant.product_id).or_default().push(variant.sku.clone());
            }
            (id, keep(self.variants.entry(variant.sku.clone()), variant))
        });
        BulkOutcome::Accepted { product: id, product_change, variant }
    }

    /// What is to be written, with its new versions.
    pub(super) fn finish(mut self, now: Timestamp) -> (Made, Written) {
        let (brands, categories) = self.references.made();
        let mut written = Written {
            products: Vec::new(),
            variants: Vec::new(),
            touched: BTreeSet::new(),
            skus: BTreeSet::new(),
            told: Told::default(),
        };
        brands.iter().for_each(|brand| written.told.created(brand));
        categories.iter().for_each(|category| written.told.created(category));
        for (id, Entry { before, now: product }) in self.products {
            if before.as_ref() == Some(&product) {
                continue;
            }
            written.touched.insert(id);
            written.skus.extend(self.skus.remove(&id).unwrap_or_default());
            let product = match before {
                None => {
                    written.told.created(&product);
                    product
                }
                Some(before) => {
                    let product = Product { version: product.version + 1, updated_at: now, ..product };
                    written.told.changed(&before, &product);
                    product
                }
            };
            written.products.push(product);
        }
        for Entry { before, now: variant } in self.variants.into_values() {
            if before.as_ref() == Some(&variant) {
                continue;
            }
            written.touched.insert(variant.product_id);
            written.skus.insert(variant.sku.clone());
            let variant = match before {
                None => {
                    written.told.created(&variant);
                    variant
                }
                Some(before) => {
                    let variant = Variant { version: variant.version + 1, updated_at: now, ..variant };
                    written.told.changed(&before, &variant);
                    variant
                }
            };
            written.variants.push(variant);
        }
        // One order for all writers, so that two imports do not wait for each other in a circle.
        written.products.sort_by_key(|product| product.id);
        written.variants.sort_by_key(|variant| variant.id);
        (Made { brands, categories, references: self.references }, written)
    }
}

type ProductSide = (super::super::product::ProductPatch, Option<Option<String>>, Option<Option<Vec<String>>>);

/// The slugs a new product without a key may get: of its title, or of title and SKU where that is taken.
pub(super) fn made_slugs(row: &BulkRow) -> Vec<Slug> {
    let Some(sku) = &row.sku else { return Vec::new() };
    let title = row.product.title.as_deref().unwrap_or("");
    [title.to_owned(), format!("{title} {sku}")].iter().filter_map(|text| Slug::from_title(text)).collect()
}

fn keep<K: Eq + std::hash::Hash, T: PartialEq>(
    entry: std::collections::hash_map::Entry<'_, K, Entry<T>>,
    now: T,
) -> BulkChange {
    use std::collections::hash_map::Entry::{Occupied, Vacant};
    match entry {
        Vacant(place) => {
            place.insert(Entry { before: None, now });
            BulkChange::Created
        }
        Occupied(mut place) => {
            let known = place.get_mut();
            if known.now == now {
                return BulkChange::Unchanged;
            }
            known.now = now;
            BulkChange::Changed
        }
    }
}
