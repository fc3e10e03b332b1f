//! Read models: what public pages and the search index are made of. Plain values; the web makes views of them.

use std::collections::HashMap;

use crate::clock::Timestamp;
use crate::id::CategoryId;

use super::attribute::AttributeDefinition;
use super::brand::Brand;
use super::category::Category;
use super::price::PriceNow;
use super::product::{Product, ProductStatus};
use super::variant::Variant;

/// A product with everything its page and its search document show.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductDetail {
    pub product: Product,
    pub brand: Option<Brand>,
    /// From the root to the product's own category; empty without one.
    pub categories: Vec<Category>,
    /// In their order, archived ones too: `for_sale` leaves them out.
    pub variants: Vec<Variant>,
}

/// A category with its place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryDetail {
    pub category: Category,
    /// From the root on.
    pub ancestors: Vec<Category>,
    /// Those that are not archived, in their order.
    pub children: Vec<Category>,
    /// What holds in it: its own definitions and those of its ancestors.
    pub attributes: Vec<AttributeDefinition>,
}

/// A category and what hangs below it; nothing archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryNode {
    pub category: Category,
    pub children: Vec<CategoryNode>,
}

impl ProductDetail {
    /// Whether the public may see it.
    pub fn is_public(&self) -> bool {
        self.product.status == ProductStatus::Active
    }

    pub fn for_sale(&self) -> impl Iterator<Item = &Variant> {
        self.variants.iter().filter(|variant| variant.archived_at.is_none())
    }

    /// The next moment at which a price or an opening changes by itself: no copy may live longer.
    pub fn next_boundary(&self, now: Timestamp) -> Option<Timestamp> {
        self.for_sale()
            .flat_map(|variant| {
                let opens = variant.on_sale_from.filter(|opens| *opens > now);
                [PriceNow::of(&variant.price, now).until, opens]
            })
            .flatten()
            .min()
    }
}

/// The tree of `categories`, which come with siblings in their order. Below something archived there is no place.
pub(super) fn tree(categories: Vec<Category>) -> Vec<CategoryNode> {
    let mut below: HashMap<Option<CategoryId>, Vec<Category>> = HashMap::new();
    for category in categories.into_iter().filter(|category| category.archived_at.is_none()) {
        below.entry(category.parent_id).or_default().push(category);
    }
    nodes(None, &mut below)
}

fn nodes(parent: Option<CategoryId>, below: &mut HashMap<Option<CategoryId>, Vec<Category>>) -> Vec<CategoryNode> {
    let children = below.remove(&parent).unwrap_or_default();
    children.into_iter().map(|category| CategoryNode { children: nodes(Some(category.id), below), category }).collect()
}
