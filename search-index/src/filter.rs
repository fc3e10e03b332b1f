//! Filters, translated once per search into the dictionary's numbers and then asked per document.
//!
//! A document is told by how it misses: not at all (a result), by one filter (it counts only for
//! that filter's own facet, which ignores it), or by more (nobody wants it). So one pass over the
//! documents counts every facet without its own filter.

use tantivy::DocId;

use crate::dictionary::Dictionary;
use crate::document::Availability;
use crate::query::{Exclusions, Filters, NumberRange};
use crate::segment::Segment;

pub(crate) struct ActiveFilters {
    filters: Vec<Filter>,
    without: Vec<AnyOf>,
}

/// What a filter looks at, which is also the facet that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    Category,
    Brand,
    Price,
    Rating,
    Discount,
    Availability,
    /// An attribute key's number. Keys that no product has share one that none can have.
    Attribute(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    Passes,
    MissesOnly(Aspect),
    Misses,
}

struct Filter {
    aspect: Aspect,
    test: Test,
}

enum Test {
    AnyOf(AnyOf),
    Price { min: i64, max: i64 },
    AtLeast(Signal, u64),
    Availability(Vec<Availability>),
}

/// Has one of these numbers in one of its columns.
enum AnyOf {
    Categories(Numbers),
    Brands(Numbers),
    Attributes(Numbers),
}

#[derive(Clone, Copy)]
enum Signal {
    Rating,
    Discount,
}

/// Few are looked through, many are looked up.
enum Numbers {
    Few(Vec<u32>),
    Many(Vec<bool>),
}

const FEW: usize = 8;
const UNKNOWN_KEY: u32 = u32::MAX;

impl ActiveFilters {
    /// Values that the dictionary does not know match nothing, as they should.
    pub(crate) fn new(filters: &Filters, store: u32, dictionary: &Dictionary) -> ActiveFilters {
        let mut active = Vec::new();
        let mut add = |aspect, test| active.push(Filter { aspect, test });
        if !filters.categories.is_empty() {
            let known = filters.categories.iter().filter_map(|slug| dictionary.categories.find(store, slug));
            add(Aspect::Category, Test::AnyOf(AnyOf::Categories(known.collect())));
        }
        if !filters.brands.is_empty() {
            let known = filters.brands.iter().filter_map(|slug| dictionary.brands.find(store, slug));
            add(Aspect::Brand, Test::AnyOf(AnyOf::Brands(known.collect())));
        }
        if filters.price_min.is_some() || filters.price_max.is_some() {
            let min = filters.price_min.unwrap_or(i64::MIN);
            let max = filters.price_max.unwrap_or(i64::MAX);
            add(Aspect::Price, Test::Price { min, max });
        }
        if let Some(tenths) = filters.rating_min {
            add(Aspect::Rating, Test::AtLeast(Signal::Rating, u64::from(tenths) * 10));
        }
        if let Some(percent) = filters.discount_min {
            add(Aspect::Discount, Test::AtLeast(Signal::Discount, u64::from(percent) * 100));
        }
        if !filters.availability.is_empty() {
            add(Aspect::Availability, Test::Availability(filters.availability.clone()));
        }
        for (key, values) in &filters.attributes {
            let key = dictionary.attribute_keys.find(store, key).unwrap_or(UNKNOWN_KEY);
            let known = values.iter().filter_map(|value| dictionary.attributes.find(key, value));
            add(Aspect::Attribute(key), Test::AnyOf(AnyOf::Attributes(known.collect())));
        }
        for (key, range) in &filters.attribute_ranges {
            let key = dictionary.attribute_keys.find(store, key).unwrap_or(UNKNOWN_KEY);
            let within = dictionary.attributes.numbers_of(key).filter(|(_, number)| contains(range, *number));
            let within = within.map(|(value, _)| value).collect();
            add(Aspect::Attribute(key), Test::AnyOf(AnyOf::Attributes(within)));
        }
        ActiveFilters { filters: active, without: without(&filters.without, store, dictionary) }
    }

    pub(crate) fn fit(&self, segment: &Segment, doc: DocId) -> Fit {
        if self.filters.is_empty() && self.without.is_empty() {
            return Fit::Passes;
        }
        if self.without.iter().any(|any| any.has(segment, doc)) {
            return Fit::Misses;
        }
        let mut missed = None;
        for filter in &self.filters {
            if filter.test.passes(segment, doc) {
                continue;
            }
            // Values and a range of one attribute are one facet, and both hold.
            if missed.is_some_and(|missed| missed != filter.aspect) {
                return Fit::Misses;
            }
            missed = Some(filter.aspect);
        }
        missed.map_or(Fit::Passes, Fit::MissesOnly)
    }
}

fn without(without: &Exclusions, store: u32, dictionary: &Dictionary) -> Vec<AnyOf> {
    let categories = without.categories.iter().filter_map(|slug| dictionary.categories.find(store, slug));
    let brands = without.brands.iter().filter_map(|slug| dictionary.brands.find(store, slug));
    let attributes = without.attributes.iter().flat_map(|(key, values)| {
        let key = dictionary.attribute_keys.find(store, key).unwrap_or(UNKNOWN_KEY);
        values.iter().filter_map(move |value| dictionary.attributes.find(key, value))
    });
    let all = [
        AnyOf::Categories(categories.collect()),
        AnyOf::Brands(brands.collect()),
        AnyOf::Attributes(attributes.collect()),
    ];
    all.into_iter().filter(|any| !any.is_empty()).collect()
}

fn contains(range: &NumberRange, number: i64) -> bool {
    range.min.is_none_or(|min| min <= number) && range.max.is_none_or(|max| number <= max)
}

impl Test {
    fn passes(&self, segment: &Segment, doc: DocId) -> bool {
        match self {
            Test::AnyOf(any) => any.has(segment, doc),
            Test::Price { min, max } => segment.prices.first(doc).is_some_and(|price| (*min..=*max).contains(&price)),
            Test::AtLeast(Signal::Rating, least) => segment.ratings.first(doc).unwrap_or(0) >= *least,
            Test::AtLeast(Signal::Discount, least) => segment.discounts.first(doc).unwrap_or(0) >= *least,
            Test::Availability(wanted) => wanted.contains(&segment.availability(doc)),
        }
    }
}

impl AnyOf {
    fn has(&self, segment: &Segment, doc: DocId) -> bool {
        let (numbers, of_document) = match self {
            AnyOf::Categories(numbers) => (numbers, segment.categories.of(doc)),
            AnyOf::Brands(numbers) => (numbers, segment.brands.of(doc)),
            AnyOf::Attributes(numbers) => (numbers, segment.attributes.of(doc)),
        };
        of_document.iter().any(|number| numbers.contains(*number))
    }

    fn is_empty(&self) -> bool {
        let (AnyOf::Categories(numbers) | AnyOf::Brands(numbers) | AnyOf::Attributes(numbers)) = self;
        matches!(numbers, Numbers::Few(few) if few.is_empty())
    }
}

impl Numbers {
    fn contains(&self, number: u32) -> bool {
        match self {
            Numbers::Few(few) => few.contains(&number),
            Numbers::Many(many) => many.get(number as usize).copied().unwrap_or(false),
        }
    }
}

impl FromIterator<u32> for Numbers {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Numbers {
        let few: Vec<u32> = numbers.into_iter().collect();
        if few.len() <= FEW {
            return Numbers::Few(few);
        }
        let mut many = vec![false; few.iter().max().map_or(0, |max| *max as usize + 1)];
        few.into_iter().for_each(|number| many[number as usize] = true);
        Numbers::Many(many)
    }
}
