//! Which attributes are worth offering, and their values.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Choices, bucket, contains, most_frequent, term_facet};
use crate::page::Facet;

const ATTRIBUTES_SHOWN: usize = 8;
const VALUES_SHOWN: usize = 20;
/// An attribute with more values than this in a result names the products rather than sorts them.
const VALUES_MAX: usize = 60;

/// An attribute that occurs in the result.
struct Occurring {
    key: u32,
    /// Numbers of its values.
    values: Vec<u32>,
    /// Over all values; a product with two of them counts twice.
    products: u64,
    is_selected: bool,
}

impl Choices<'_> {
    /// Those that are filtered by; then those that split the result (two values or more, and not
    /// one for each product), the ones that most products have first.
    pub(super) fn attributes(&self) -> Vec<Facet> {
        let mut useful = self.occurring();
        useful.retain(|attribute| attribute.is_selected || (2..=VALUES_MAX).contains(&attribute.values.len()));
        useful.sort_by_key(|attribute| {
            let slug = &self.dictionary.attribute_keys.get(attribute.key).slug;
            (Reverse(attribute.is_selected), Reverse(attribute.products), slug)
        });
        let selected = useful.iter().filter(|attribute| attribute.is_selected).count();
        useful.truncate(ATTRIBUTES_SHOWN.max(selected));
        useful.iter().map(|attribute| self.attribute(attribute)).collect()
    }

    fn occurring(&self) -> Vec<Occurring> {
        let attributes = &self.dictionary.attributes;
        let mut values_of: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &number in self.counts.attributes.occurring() {
            values_of.entry(attributes.get(number).key).or_default().push(number);
        }
        for (key, number) in self.selected() {
            let values = values_of.entry(key).or_default();
            if self.counts.attributes.of(number) == 0 {
                values.push(number);
            }
        }
        let occurring = values_of.into_iter().map(|(key, values)| Occurring {
            products: values.iter().map(|value| self.counts.attributes.of(*value)).sum(),
            is_selected: self.selected_values(key).is_some(),
            key,
            values,
        });
        occurring.collect()
    }

    /// Keys and values that are filtered by, as far as any product has them.
    fn selected(&self) -> Vec<(u32, u32)> {
        let mut selected = Vec::new();
        for (key, values) in &self.filters.attributes {
            let Some(key) = self.dictionary.attribute_keys.find(self.store, key) else { continue };
            let known = values.iter().filter_map(|value| self.dictionary.attributes.find(key, value));
            selected.extend(known.map(|number| (key, number)));
        }
        selected.sort_unstable();
        selected.dedup();
        selected
    }

    fn attribute(&self, attribute: &Occurring) -> Facet {
        let name = self.dictionary.attribute_keys.get(attribute.key);
        let counted = attribute.values.iter().map(|number| {
            let value = self.dictionary.attributes.get(*number);
            let is_selected = self.is_value_selected(attribute.key, &value.value);
            bucket(&value.value, &value.label, self.counts.attributes.of(*number), is_selected)
        });
        let buckets = most_frequent(counted, VALUES_SHOWN);
        term_facet(&format!("attr.{}", name.slug), &name.label, buckets)
    }

    fn is_value_selected(&self, key: u32, value: &str) -> bool {
        self.selected_values(key).is_some_and(|selected| contains(selected, value))
    }

    fn selected_values(&self, key: u32) -> Option<&Vec<String>> {
        if self.filters.attributes.is_empty() {
            return None;
        }
        let name = self.dictionary.attribute_keys.get(key);
        self.filters.attributes.get(&*name.slug).filter(|_| name.store == self.store)
    }
}
