//! Filters, translated once per search into the dictionary's numbers and then asked per document.
//!
//! A document is told by how it misses: not at all (a result), by one filter (it counts only for
//! that filter's own facet, which ignores it), or by more (nobody wants it). So one pass over the
//! documents counts every facet without its own filter.

use tantivy::DocId;

use crate::dictionary::Dictionary;
use crate::document::Availability;
use crate::query::Filters;
use crate::segment::Segment;

pub(crate) struct ActiveFilters {
    filters: Vec<Filter>,
}

/// What a filter looks at, which is also the facet that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    Category,
    Brand,
    Price,
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
    AnyOf(Vec<u32>),
    Price { min: i64, max: i64 },
    Availability(Vec<Availability>),
}

const UNKNOWN_KEY: u32 = u32::MAX;

impl ActiveFilters {
    /// Values that the dictionary does not know match nothing, as they should.
    pub(crate) fn new(filters: &Filters, store: u32, dictionary: &Dictionary) -> ActiveFilters {
        let mut active = Vec::new();
        let mut add = |aspect, test| active.push(Filter { aspect, test });
        if !filters.categories.is_empty() {
            let known = filters.categories.iter().filter_map(|slug| dictionary.categories.find(store, slug));
            add(Aspect::Category, Test::AnyOf(known.collect()));
        }
        if !filters.brands.is_empty() {
            let known = filters.brands.iter().filter_map(|slug| dictionary.brands.find(store, slug));
            add(Aspect::Brand, Test::AnyOf(known.collect()));
        }
        if filters.price_min.is_some() || filters.price_max.is_some() {
            let min = filters.price_min.unwrap_or(i64::MIN);
            let max = filters.price_max.unwrap_or(i64::MAX);
            add(Aspect::Price, Test::Price { min, max });
        }
        if !filters.availability.is_empty() {
            add(Aspect::Availability, Test::Availability(filters.availability.clone()));
        }
        for (key, values) in &filters.attributes {
            let key = dictionary.attribute_keys.find(store, key).unwrap_or(UNKNOWN_KEY);
            let known = values.iter().filter_map(|value| dictionary.attributes.find(key, value));
            add(Aspect::Attribute(key), Test::AnyOf(known.collect()));
        }
        ActiveFilters { filters: active }
    }

    pub(crate) fn fit(&self, segment: &Segment, doc: DocId) -> Fit {
        let mut missed = None;
        for filter in &self.filters {
            if filter.passes(segment, doc) {
                continue;
            }
            if missed.is_some() {
                return Fit::Misses;
            }
            missed = Some(filter.aspect);
        }
        missed.map_or(Fit::Passes, Fit::MissesOnly)
    }
}

impl Filter {
    fn passes(&self, segment: &Segment, doc: DocId) -> bool {
        match &self.test {
            Test::AnyOf(numbers) => {
                let mut terms: Box<dyn Iterator<Item = u32>> = match self.aspect {
                    Aspect::Category => Box::new(segment.categories.of(doc)),
                    Aspect::Brand => Box::new(segment.brands.of(doc)),
                    Aspect::Attribute(_) => Box::new(segment.attributes.of(doc)),
                    Aspect::Price | Aspect::Availability => return false,
                };
                terms.any(|term| numbers.contains(&term))
            }
            Test::Price { min, max } => segment.prices.first(doc).is_some_and(|price| (*min..=*max).contains(&price)),
            Test::Availability(wanted) => wanted.contains(&segment.availability(doc)),
        }
    }
}
