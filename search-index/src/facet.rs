//! Counting and showing the choices that narrow a result.
//!
//! Every facet is counted without its own filter, so that the alternatives to what is selected
//! keep their numbers. What is shown is bounded: the categories around the selected ones, the most
//! frequent brands and values, and those attributes that split the result.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tantivy::DocId;

use crate::dictionary::{Dictionary, Names};
use crate::document::Availability;
use crate::filter::{Aspect, Fit};
use crate::page::{Bucket, Facet, FacetKind};
use crate::price_range::{PriceCounts, PriceRange};
use crate::query::Filters;
use crate::segment::Segment;

const BRANDS_SHOWN: usize = 30;
const ATTRIBUTES_SHOWN: usize = 8;
const ATTRIBUTE_VALUES_SHOWN: usize = 20;
/// An attribute with more values than this in a result names the products rather than sorts them.
const ATTRIBUTE_VALUES_MAX: usize = 60;
/// No category tree is deeper; a circle in it ends here.
const CATEGORY_DEPTH_MAX: usize = 16;

/// Counts per number of the dictionary.
pub(crate) struct Counts {
    categories: Vec<u64>,
    brands: Vec<u64>,
    attributes: Vec<u64>,
    availability: [u64; Availability::ALL.len()],
    prices: PriceCounts,
}

impl Counts {
    pub(crate) fn new(dictionary: &Dictionary) -> Counts {
        Counts {
            categories: vec![0; dictionary.categories.len()],
            brands: vec![0; dictionary.brands.len()],
            attributes: vec![0; dictionary.attributes.len()],
            availability: [0; Availability::ALL.len()],
            prices: PriceCounts::new(),
        }
    }

    pub(crate) fn add(&mut self, fit: Fit, segment: &Segment, doc: DocId, dictionary: &Dictionary) {
        match fit {
            Fit::Misses => {}
            Fit::Passes => {
                self.add_categories(segment, doc);
                self.add_brands(segment, doc);
                self.add_price(segment, doc);
                self.add_availability(segment, doc);
                for attribute in segment.attributes.of(doc) {
                    self.attributes[attribute as usize] += 1;
                }
            }
            Fit::MissesOnly(Aspect::Category) => self.add_categories(segment, doc),
            Fit::MissesOnly(Aspect::Brand) => self.add_brands(segment, doc),
            Fit::MissesOnly(Aspect::Price) => self.add_price(segment, doc),
            Fit::MissesOnly(Aspect::Availability) => self.add_availability(segment, doc),
            Fit::MissesOnly(Aspect::Attribute(key)) => {
                for attribute in segment.attributes.of(doc) {
                    if dictionary.attributes.get(attribute).key == key {
                        self.attributes[attribute as usize] += 1;
                    }
                }
            }
        }
    }

    pub(crate) fn facets(&self, filters: &Filters, dictionary: &Dictionary) -> Vec<Facet> {
        let mut facets = vec![
            self.category_facet(filters, &dictionary.categories),
            self.brand_facet(filters, &dictionary.brands),
            self.price_facet(filters),
            self.availability_facet(filters),
        ];
        facets.extend(self.attribute_facets(filters, dictionary));
        facets.retain(|facet| !facet.buckets.is_empty());
        facets
    }

    fn add_categories(&mut self, segment: &Segment, doc: DocId) {
        for category in segment.categories.of(doc) {
            self.categories[category as usize] += 1;
        }
    }

    fn add_brands(&mut self, segment: &Segment, doc: DocId) {
        for brand in segment.brands.of(doc) {
            self.brands[brand as usize] += 1;
        }
    }

    fn add_price(&mut self, segment: &Segment, doc: DocId) {
        if let Some(price) = segment.prices.first(doc) {
            self.prices.add(price);
        }
    }

    fn add_availability(&mut self, segment: &Segment, doc: DocId) {
        self.availability[usize::from(segment.availability(doc).to_u8())] += 1;
    }

    /// The roots, and around each selected category its ancestors, siblings and children: what a
    /// shopper who stands there can go to next.
    fn category_facet(&self, filters: &Filters, names: &Names) -> Facet {
        let opened: Vec<&str> = filters.categories.iter().flat_map(|slug| path_of(names, slug)).collect();
        let shown = |number: &u32| {
            let name = names.get(*number);
            let is_root = name.parent.is_empty();
            let listed = is_root || opened.contains(&&*name.parent);
            listed
                && (self.categories[*number as usize] > 0 || filters.categories.iter().any(|slug| **slug == *name.slug))
        };
        let mut numbers: Vec<u32> = numbers(names.len()).filter(shown).collect();
        numbers.sort_by_key(|number| (Reverse(self.categories[*number as usize]), names.get(*number).slug.clone()));
        let buckets = numbers.into_iter().map(|number| {
            let name = names.get(number);
            let bucket = term_bucket(&name.slug, &name.label, self.categories[number as usize], &filters.categories);
            let parent = Some(&name.parent).filter(|parent| !parent.is_empty());
            Bucket { parent: parent.map(|parent| parent.to_string()), ..bucket }
        });
        term_facet("category", "Category", buckets.collect())
    }

    fn brand_facet(&self, filters: &Filters, names: &Names) -> Facet {
        let counted = numbers(names.len()).map(|number| {
            let name = names.get(number);
            term_bucket(&name.slug, &name.label, self.brands[number as usize], &filters.brands)
        });
        term_facet("brand", "Brand", most_frequent(counted, BRANDS_SHOWN))
    }

    fn price_facet(&self, filters: &Filters) -> Facet {
        let selected = |range: &PriceRange| {
            (range.from, range.to) == (filters.price_min, filters.price_max) && (range.from, range.to) != (None, None)
        };
        let buckets = self.prices.ranges().into_iter().map(|range| {
            let bound = |bound: Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
            let value = format!("{}..{}", bound(range.from), bound(range.to));
            Bucket {
                label: value.clone(),
                value,
                count: range.count,
                selected: selected(&range),
                parent: None,
                from: range.from,
                to: range.to,
            }
        });
        Facet { key: "price".to_owned(), label: "Price".to_owned(), kind: FacetKind::Range, buckets: buckets.collect() }
    }

    fn availability_facet(&self, filters: &Filters) -> Facet {
        let selected: Vec<String> = filters.availability.iter().map(Availability::to_string).collect();
        let buckets = Availability::ALL.into_iter().map(|availability| {
            let label = match availability {
                Availability::InStock => "In stock",
                Availability::Low => "Low stock",
                Availability::SoldOut => "Sold out",
            };
            let count = self.availability[usize::from(availability.to_u8())];
            term_bucket(availability.name(), label, count, &selected)
        });
        let shown = buckets.filter(|bucket| bucket.count > 0 || bucket.selected);
        term_facet("availability", "Availability", shown.collect())
    }

    /// Those selected, then those with two values or more that most of the products have.
    fn attribute_facets(&self, filters: &Filters, dictionary: &Dictionary) -> Vec<Facet> {
        let mut by_key: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for number in numbers(dictionary.attributes.len()) {
            if self.attributes[number as usize] > 0 {
                by_key.entry(dictionary.attributes.get(number).key).or_default().push(number);
            }
        }
        for key in filters.attributes.keys() {
            by_key.extend(
                dictionary
                    .attribute_keys
                    .find(key)
                    .filter(|key| !by_key.contains_key(key))
                    .map(|key| (key, Vec::new())),
            );
        }
        let mut useful: Vec<(bool, u64, u32, Vec<u32>)> = by_key
            .into_iter()
            .filter_map(|(key, values)| {
                let selected = filters.attributes.contains_key(&*dictionary.attribute_keys.get(key).slug);
                let splits = (2..=ATTRIBUTE_VALUES_MAX).contains(&values.len());
                let products = values.iter().map(|value| self.attributes[*value as usize]).sum();
                (selected || splits).then_some((selected, products, key, values))
            })
            .collect();
        useful.sort_by_key(|(selected, products, key, _)| {
            (Reverse(*selected), Reverse(*products), dictionary.attribute_keys.get(*key).slug.clone())
        });
        let shown = useful.iter().filter(|(selected, ..)| *selected).count().max(ATTRIBUTES_SHOWN);
        useful.truncate(shown);
        useful.iter().map(|(_, _, key, values)| self.attribute_facet(filters, dictionary, *key, values)).collect()
    }

    fn attribute_facet(&self, filters: &Filters, dictionary: &Dictionary, key: u32, values: &[u32]) -> Facet {
        let name = dictionary.attribute_keys.get(key);
        let selected = filters.attributes.get(&*name.slug).map(Vec::as_slice).unwrap_or_default();
        let absent = selected
            .iter()
            .filter_map(|value| dictionary.attributes.find(key, value))
            .filter(|number| !values.contains(number));
        let counted = values.iter().copied().chain(absent).map(|number| {
            let value = dictionary.attributes.get(number);
            term_bucket(&value.value, &value.label, self.attributes[number as usize], selected)
        });
        let buckets = most_frequent(counted, ATTRIBUTE_VALUES_SHOWN);
        term_facet(&format!("attr.{}", name.slug), &name.label, buckets)
    }
}

/// A category and what it lies in.
fn path_of<'a>(names: &'a Names, slug: &str) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut next = names.find(slug);
    while let Some(number) = next
        && path.len() < CATEGORY_DEPTH_MAX
    {
        let name = names.get(number);
        path.push(&*name.slug);
        next = names.find(&name.parent);
    }
    path
}

fn numbers(len: usize) -> impl Iterator<Item = u32> {
    0..u32::try_from(len).expect("the dictionary numbers with 32 bits")
}

/// The selected ones, whatever their count, and the most frequent others, in order of their counts.
fn most_frequent(buckets: impl Iterator<Item = Bucket>, shown: usize) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = buckets.filter(|bucket| bucket.count > 0 || bucket.selected).collect();
    buckets.sort_by(|a, b| {
        (Reverse(a.selected), Reverse(a.count), &a.label, &a.value).cmp(&(
            Reverse(b.selected),
            Reverse(b.count),
            &b.label,
            &b.value,
        ))
    });
    let selected = buckets.iter().filter(|bucket| bucket.selected).count();
    buckets.truncate(shown.max(selected));
    buckets.sort_by(|a, b| (Reverse(a.count), &a.label, &a.value).cmp(&(Reverse(b.count), &b.label, &b.value)));
    buckets
}

fn term_facet(key: &str, label: &str, buckets: Vec<Bucket>) -> Facet {
    Facet { key: key.to_owned(), label: label.to_owned(), kind: FacetKind::Term, buckets }
}

fn term_bucket(value: &str, label: &str, count: u64, selected: &[String]) -> Bucket {
    Bucket {
        value: value.to_owned(),
        label: label.to_owned(),
        count,
        selected: selected.iter().any(|selected| selected == value),
        parent: None,
        from: None,
        to: None,
    }
}
