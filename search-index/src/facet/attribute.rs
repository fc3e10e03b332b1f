//! Which attributes are worth offering, and their values.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Choices, bucket, most_frequent, term_facet};
use crate::page::Facet;

const ATTRIBUTES_SHOWN: usize = 8;
const VALUES_SHOWN: usize = 20;
/// An attribute with more values than this in a result names the products rather than sorts them.
const VALUES_MAX: usize = 60;

/// How an attribute occurs in the result.
#[derive(Clone, Copy, Default)]
struct Tally {
    values: usize,
    /// Over all values; a product with two of them counts twice.
    products: u64,
}

impl Choices<'_> {
    /// Those that are filtered by; then those that split the result (two values or more, and not one for each product),
    /// the ones that most products have first.
    pub(super) fn attributes(&self) -> Vec<Facet> {
        let selected = self.selected();
        let mut offered: Vec<u32> = selected.keys().copied().collect();
        offered.extend(self.useful().into_iter().filter(|key| !selected.contains_key(key)));
        offered.truncate(ATTRIBUTES_SHOWN.max(selected.len()));

        let mut values: Vec<Vec<u32>> = vec![Vec::new(); offered.len()];
        let place = |key: u32| offered.iter().position(|offered| *offered == key);
        for &number in self.counts.attributes.occurring() {
            if let Some(place) = place(self.dictionary.attributes.key_of(number)) {
                values[place].push(number);
            }
        }
        let facets = offered.iter().zip(&values).map(|(key, values)| {
            let none = Vec::new();
            self.attribute(*key, values, selected.get(key).unwrap_or(&none))
        });
        facets.collect()
    }

    fn useful(&self) -> Vec<u32> {
        let keys = &self.dictionary.attribute_keys;
        let mut tallies = vec![Tally::default(); keys.len()];
        for &number in self.counts.attributes.occurring() {
            let tally = &mut tallies[self.dictionary.attributes.key_of(number) as usize];
            tally.values += 1;
            tally.products += self.counts.attributes.of(number);
        }
        let tallies = (0u32..).zip(tallies);
        let mut useful: Vec<(u32, u64)> = tallies
            .filter(|(_, tally)| (2..=VALUES_MAX).contains(&tally.values))
            .map(|(key, tally)| (key, tally.products))
            .collect();
        useful.sort_by_key(|(key, products)| (Reverse(*products), &keys.get(*key).slug));
        useful.into_iter().map(|(key, _)| key).collect()
    }

    /// Keys and the values of them that are filtered by, as far as any product has them.
    fn selected(&self) -> BTreeMap<u32, Vec<u32>> {
        let known = |(key, values): (&String, &Vec<String>)| {
            let key = self.dictionary.attribute_keys.find(self.store, key)?;
            let known = values.iter().filter_map(|value| self.dictionary.attributes.find(key, value));
            Some((key, known.collect()))
        };
        self.filters.attributes.iter().filter_map(known).collect()
    }

    fn attribute(&self, key: u32, occurring: &[u32], selected: &[u32]) -> Facet {
        let absent = selected.iter().filter(|number| self.counts.attributes.of(**number) == 0);
        let counted = occurring.iter().chain(absent).map(|number| {
            let value = self.dictionary.attributes.get(*number);
            let count = self.counts.attributes.of(*number);
            bucket(&value.value, &value.label, count, selected.contains(number))
        });
        let name = self.dictionary.attribute_keys.get(key);
        term_facet(&format!("attr.{}", name.slug), &name.label, most_frequent(counted, VALUES_SHOWN))
    }
}
