//! PURE but for `load`. What rows refer to by name: brands and categories. What is not there yet is made in memory first,
//! and written with the batch, if a row that was accepted needs it.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;

use crate::clock::{IdSource, Timestamp};
use crate::id::{BrandId, CategoryId, StoreId};
use crate::money::Currency;

use super::super::attribute::{AttributeDefinition, effective};
use super::super::brand::Brand;
use super::super::category::{Category, path};
use super::super::error::Error;
use super::super::field::Fields;
use super::super::name::{Slug, Title};
use super::super::store;
use super::super::tax::TaxClass;
use super::slug_of;

pub(super) struct References {
    store: StoreId,
    pub(super) currency: Currency,
    pub(super) tax_classes: Vec<TaxClass>,
    brands: HashMap<Slug, Brand>,
    categories: HashMap<CategoryId, Category>,
    by_slug: HashMap<Slug, CategoryId>,
    /// By parent and the slug that their name alone would have.
    by_name: HashMap<(Option<CategoryId>, Slug), CategoryId>,
    made_brands: Vec<Slug>,
    made_categories: Vec<CategoryId>,
}

/// How much was made before a row, so that it can be taken back when the row is rejected.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    brands: usize,
    categories: usize,
}

impl References {
    pub(super) async fn load(connection: &mut AsyncPgConnection, store: StoreId) -> Result<Self, Error> {
        let mut references = Self {
            store,
            currency: store::currency(connection, store).await?,
            tax_classes: store::tax_classes(connection, store).await?,
            brands: HashMap::new(),
            categories: HashMap::new(),
            by_slug: HashMap::new(),
            by_name: HashMap::new(),
            made_brands: Vec::new(),
            made_categories: Vec::new(),
        };
        for brand in store::brands_after(connection, store, None, i64::MAX).await? {
            references.brands.insert(brand.slug.clone(), brand);
        }
        for category in store::categories(connection, store).await? {
            references.keep(category);
        }
        Ok(references)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { brands: self.made_brands.len(), categories: self.made_categories.len() }
    }

    pub(super) fn take_back(&mut self, mark: Mark) {
        for slug in self.made_brands.drain(mark.brands..) {
            self.brands.remove(&slug);
        }
        for id in self.made_categories.drain(mark.categories..) {
            if let Some(category) = self.categories.remove(&id) {
                self.by_slug.remove(&category.slug);
                self.by_name.retain(|_, known| *known != id);
            }
        }
    }

    /// What was made since the last time.
    pub(super) fn made(&mut self) -> (Vec<Brand>, Vec<Category>) {
        let brands = std::mem::take(&mut self.made_brands);
        let categories = std::mem::take(&mut self.made_categories);
        (
            brands.iter().map(|slug| self.brands[slug].clone()).collect(),
            categories.iter().map(|id| self.categories[id].clone()).collect(),
        )
    }

    /// A brand by its name or slug. `kept` is the one that the product has already, which may be archived.
    pub(super) fn brand(
        &mut self,
        name: &str,
        kept: Option<BrandId>,
        (now, ids): (Timestamp, &dyn IdSource),
        fields: &mut Fields,
    ) -> Option<BrandId> {
        let Some(slug) = slug_of(name) else {
            fields.refuse("/brand", "invalid", "no slug can be made of this brand's name");
            return None;
        };
        if let Some(brand) = self.brands.get(&slug) {
            if brand.archived_at.is_some() && kept != Some(brand.id) {
                fields.refuse("/brand", "archived", "this brand is archived");
            }
            return Some(brand.id);
        }
        let name = fields.name("/brand", name, Title::parse(name))?;
        let id = BrandId::from_uuid(ids.next(now));
        let brand = Brand {
            id,
            store_id: self.store,
            slug: slug.clone(),
            name,
            version: 1,
            archived_at: None,
            created_at: now,
            updated_at: now,
        };
        self.brands.insert(slug.clone(), brand);
        self.made_brands.push(slug);
        Some(id)
    }

    /// A category by its slug, or by the names from the root on.
    pub(super) fn category(
        &mut self,
        names: &[String],
        kept: Option<CategoryId>,
        (now, ids): (Timestamp, &dyn IdSource),
        fields: &mut Fields,
    ) -> Option<CategoryId> {
        let mut found = None;
        if let [only] = names
            && let Ok(slug) = Slug::parse(only.trim())
        {
            found = self.by_slug.get(&slug).copied();
        }
        if found.is_none() {
            let mut parent = None;
            for name in names {
                parent = Some(self.child(parent, name, (now, ids), fields)?);
            }
            found = parent;
        }
        let id = found?;
        if self.categories[&id].archived_at.is_some() && kept != Some(id) {
            fields.refuse("/category", "archived", "this category is archived");
        }
        Some(id)
    }

    fn child(
        &mut self,
        parent: Option<CategoryId>,
        name: &str,
        (now, ids): (Timestamp, &dyn IdSource),
        fields: &mut Fields,
    ) -> Option<CategoryId> {
        let Some(plain) = Slug::from_title(name) else {
            fields.refuse("/category", "invalid", format_args!("no slug can be made of {name:?}"));
            return None;
        };
        if let Some(known) = self.by_name.get(&(parent, plain.clone())) {
            return Some(*known);
        }
        let name = fields.name("/category", name, Title::parse(name))?;
        let above = parent.map(|parent| self.categories[&parent].clone());
        let slug = self.free_slug(plain, above.as_ref());
        let path = match path(above.as_ref(), &slug, 0) {
            Ok(path) => path,
            Err(_) => {
                fields.refuse("/category", "too_deep", "the tree has no more levels");
                return None;
            }
        };
        let id = CategoryId::from_uuid(ids.next(now));
        self.keep(Category {
            id,
            store_id: self.store,
            parent_id: parent,
            slug,
            name,
            path,
            position: 0,
            attributes: Vec::new(),
            version: 1,
            archived_at: None,
            created_at: now,
            updated_at: now,
        });
        self.made_categories.push(id);
        Some(id)
    }

    /// `Bodysuits` below `Lingerie` and below `Tops` are two: the second one is called after its parent too.
    fn free_slug(&self, plain: Slug, parent: Option<&Category>) -> Slug {
        if !self.by_slug.contains_key(&plain) {
            return plain;
        }
        let with_parent = parent.and_then(|parent| Slug::from_title(&format!("{} {plain}", parent.slug)));
        let base = with_parent.unwrap_or(plain);
        if !self.by_slug.contains_key(&base) {
            return base;
        }
        let mut numbered = (2..=self.by_slug.len() + 2).map(|number| base.numbered(number));
        numbered.find(|slug| !self.by_slug.contains_key(slug)).expect("there are more numbers than slugs")
    }

    /// The definitions that hold in a category.
    pub(super) fn definitions(&self, category: Option<CategoryId>) -> Vec<AttributeDefinition> {
        let mut levels = Vec::new();
        let mut next = category;
        while let Some(category) = next.and_then(|id| self.categories.get(&id)) {
            levels.push(category.attributes.clone());
            next = category.parent_id;
        }
        effective(levels.into_iter().rev())
    }

    fn keep(&mut self, category: Category) {
        self.by_slug.insert(category.slug.clone(), category.id);
        if let Some(plain) = Slug::from_title(category.name.as_str()) {
            // Of two siblings of one name the live one counts.
            let known = self.by_name.entry((category.parent_id, plain)).or_insert(category.id);
            if category.archived_at.is_none() {
                *known = category.id;
            }
        }
        self.categories.insert(category.id, category);
    }
}
