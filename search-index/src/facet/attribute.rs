//! Which attributes are worth offering, and their values.
#![expect(clippy::float_arithmetic, reason = "coverage and entropy are statistics")]

use std::collections::BTreeMap;

use super::{Choices, bucket, most_frequent, term_facet};
use crate::page::{Bucket, Facet, FacetKind};

const ATTRIBUTES_SHOWN: usize = 8;
const VALUES_SHOWN: usize = 20;
/// An attribute with more values than this in a result names the products rather than sorts them, unless they are numbers,
/// which are offered in ranges.
const VALUES_MAX: usize = 60;
/// More different numbers than this are offered in ranges.
const NUMBERS_MAX: usize = 12;
/// What fewer products than this have in common, in percent of a result, is not offered.
const COVERAGE_MIN_PERCENT: f64 = 5.0;

/// How an attribute occurs in the result.
#[derive(Clone, Default)]
struct Tally {
    values: Vec<u32>,
    /// Over all values; a product with two of them counts twice.
    products: u64,
    /// How many of the values are numbers.
    numbers: usize,
}

impl Choices<'_> {
    /// Those that are filtered by; then those that divide the result best.
    pub(super) fn attributes(&self) -> Vec<Facet> {
        let tallies = self.tallies();
        let selected = self.selected();
        let mut offered: Vec<u32> = selected.keys().copied().collect();
        let useful = useful(&tallies, |key| self.usefulness(&tallies[key as usize]));
        offered.extend(useful.into_iter().filter(|key| !selected.contains_key(key)));
        offered.truncate(ATTRIBUTES_SHOWN.max(selected.len()));
        offered.iter().map(|key| self.attribute(*key, &tallies[*key as usize], selected.get(key))).collect()
    }

    fn tallies(&self) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.dictionary.attribute_keys.len()];
        let attributes = &self.dictionary.attributes;
        for &number in self.counts.attributes.occurring() {
            let tally = &mut tallies[attributes.key_of(number) as usize];
            tally.values.push(number);
            tally.products += self.counts.attributes.of(number);
            tally.numbers += usize::from(attributes.get(number).number.is_some());
        }
        tallies
    }

    /// How many products have it, times how many bits a choice tells. None: it divides nothing, or as much as names do.
    fn usefulness(&self, tally: &Tally) -> Option<f64> {
        let is_in_ranges = || tally.is_of_numbers() && !self.number_counts(&tally.values).ranges().is_empty();
        if tally.values.len() < 2 || (tally.values.len() > VALUES_MAX && !is_in_ranges()) {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "statistics")]
        let (having, all) = (tally.products as f64, (self.counts.products / self.counts.every).max(1) as f64);
        let coverage = (having / all).min(1.0);
        if coverage * 100.0 < COVERAGE_MIN_PERCENT {
            return None;
        }
        let bits = |value: &u32| {
            #[expect(clippy::cast_precision_loss, reason = "statistics")]
            let share = self.counts.attributes.of(*value) as f64 / having;
            -share * share.log2()
        };
        // Beyond as many choices as are shown, more of them are no help.
        let entropy = tally.values.iter().map(bits).sum::<f64>().min(entropy_max());
        Some(coverage * entropy)
    }

    /// Keys and the values of them that are filtered by, as far as any product has them.
    fn selected(&self) -> BTreeMap<u32, Vec<u32>> {
        let key_of = |key: &String| self.dictionary.attribute_keys.find(self.store, key);
        let mut selected: BTreeMap<u32, Vec<u32>> =
            self.filters.attribute_ranges.keys().filter_map(key_of).map(|key| (key, Vec::new())).collect();
        for (key, values) in &self.filters.attributes {
            let Some(key) = key_of(key) else { continue };
            let known = values.iter().filter_map(|value| self.dictionary.attributes.find(key, value));
            selected.entry(key).or_default().extend(known);
        }
        selected
    }

    fn attribute(&self, key: u32, tally: &Tally, selected: Option<&Vec<u32>>) -> Facet {
        let name = self.dictionary.attribute_keys.get(key);
        let facet_key = format!("attr.{}", name.slug);
        let chosen = selected.map_or(&[][..], Vec::as_slice);
        let is_for_ranges = chosen.is_empty() && tally.is_of_numbers() && tally.values.len() > NUMBERS_MAX;
        let ranges = if is_for_ranges { self.ranges(key, &tally.values) } else { Vec::new() };
        let mut facet = if ranges.is_empty() {
            // Also of numbers that lie too near each other for round ranges.
            term_facet(&facet_key, &name.label, self.values(tally, chosen))
        } else {
            Facet { kind: FacetKind::Range, ..term_facet(&facet_key, &name.label, ranges) }
        };
        facet.approximate = self.counts.every > 1;
        facet
    }

    fn values(&self, tally: &Tally, chosen: &[u32]) -> Vec<Bucket> {
        let absent = chosen.iter().filter(|number| self.counts.attributes.of(**number) == 0);
        let counted = tally.values.iter().chain(absent).map(|number| {
            let value = self.dictionary.attributes.get(*number);
            bucket(&value.value, &value.label, self.counts.of_attribute(*number), chosen.contains(number))
        });
        most_frequent(counted, VALUES_SHOWN)
    }
}

impl Tally {
    fn is_of_numbers(&self) -> bool {
        self.numbers == self.values.len()
    }
}

fn useful(tallies: &[Tally], usefulness: impl Fn(u32) -> Option<f64>) -> Vec<u32> {
    let keys = (0u32..).take(tallies.len());
    let mut useful: Vec<(f64, u32)> = keys.filter_map(|key| Some((usefulness(key)?, key))).collect();
    useful.sort_by(|(a, a_key), (b, b_key)| b.total_cmp(a).then(a_key.cmp(b_key)));
    useful.into_iter().map(|(_, key)| key).collect()
}

fn entropy_max() -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "twenty")]
    let shown = VALUES_SHOWN as f64;
    shown.log2()
}
