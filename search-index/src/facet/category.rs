//! The category facet: the part of the tree in which a shopper stands.

use std::cmp::Reverse;

use super::{Choices, bucket, contains, term_facet};
use crate::page::{Bucket, Facet};

/// No category tree is deeper; a circle in it ends here.
const DEPTH_MAX: usize = 16;

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
