//! The category facet: the part of the tree in which a shopper stands.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tantivy::DocAddress;

use super::{Choices, bucket, contains, term_facet};
use crate::page::{Bucket, Facet};
use crate::snapshot::Snapshot;

/// No category tree is deeper; a circle in it ends here.
const DEPTH_MAX: usize = 16;

const NEAREST_SHOWN: usize = 3;
/// So many products say where to look.
pub(crate) const NEAREST: usize = 50;

/// In which categories of their own, the deepest, most of these products lie.
pub(crate) fn nearest_categories(snapshot: &Snapshot, store: u32, products: &[DocAddress]) -> Vec<Bucket> {
    let names = &snapshot.dictionary.categories;
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for product in products.iter().take(NEAREST) {
        let lies_in = snapshot.segments[product.segment_ord as usize].categories.of(product.doc_id);
        let is_parent = |number: u32| lies_in.iter().any(|other| *names.get(*other).parent == *names.get(number).slug);
        if let Some(own) = lies_in.iter().find(|number| !is_parent(**number)) {
            *counts.entry(*own).or_default() += 1;
        }
    }
    let mut nearest: Vec<(u64, u32)> = counts.into_iter().map(|(number, count)| (count, number)).collect();
    nearest.retain(|(_, number)| names.get(*number).store == store);
    nearest.sort_by_key(|(count, number)| (Reverse(*count), &names.get(*number).slug));
    nearest.truncate(NEAREST_SHOWN);
    let shown = nearest.into_iter().map(|(count, number)| {
        let name = names.get(number);
        bucket(&name.slug, &name.label, count, false)
    });
    shown.collect()
}

impl Choices<'_> {
    /// The roots, and around each selected category its ancestors, siblings and children: what a
    /// shopper who stands there can go to next.
    pub(super) fn category(&self) -> Facet {
        let names = &self.dictionary.categories;
        let opened = self.opened_categories();
        let mut listed: Vec<(u64, u32)> = self
            .counts
            .categories
            .iter()
            .copied()
            .zip(0u32..)
            .filter(|(count, number)| {
                let name = names.get(*number);
                let is_near = name.parent.is_empty() || opened.contains(&&*name.parent);
                let is_listed = *count > 0 || self.is_selected(*number);
                name.store == self.store && is_near && is_listed
            })
            .collect();
        listed.sort_by_key(|(count, number)| (Reverse(*count), &names.get(*number).slug));
        let buckets = listed.into_iter().map(|(count, number)| {
            let name = names.get(number);
            let parent = Some(name.parent.to_string()).filter(|parent| !parent.is_empty());
            let bucket = bucket(&name.slug, &name.label, count, self.is_selected(number));
            Bucket { parent, ..bucket }
        });
        term_facet("category", "Category", buckets.collect())
    }

    fn is_selected(&self, number: u32) -> bool {
        contains(&self.filters.categories, &self.dictionary.categories.get(number).slug)
    }

    /// The selected categories and what they lie in.
    fn opened_categories(&self) -> Vec<&str> {
        let names = &self.dictionary.categories;
        let mut opened = Vec::new();
        for slug in &self.filters.categories {
            let mut next = names.find(self.store, slug);
            for _ in 0..DEPTH_MAX {
                let Some(number) = next else { break };
                let name = names.get(number);
                opened.push(&*name.slug);
                next = names.find(self.store, &name.parent);
            }
        }
        opened
    }
}
