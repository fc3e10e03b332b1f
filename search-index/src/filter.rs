//! Filters, translated once per search into the dictionary's numbers and then asked per document.
//!
//! A document is told by how it misses: not at all (a result), by one filter (it counts only for
//! that filter's own facet, which ignores it), or by more (nobody wants it). So one pass over the
//! documents counts every facet without its own filter, unless categories alone filter a whole shop:
//! how many lie in the others is known.
//!
//! Many documents are asked one filter after the other, not one document all filters: each reads one column in a row.

use tantivy::DocId;

use crate::dictionary::Dictionary;
use crate::document::Availability;
use crate::query::{Exclusions, Filters, NumberRange};
use crate::segment::Segment;

pub(crate) struct ActiveFilters {
    aspects: Vec<Aspect>,
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

/// How a document fits all filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict(u8);

struct Filter {
    missed: Verdict,
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
        let mut aspects: Vec<Aspect> = Vec::new();
        let mut active = Vec::new();
        let mut add = |aspect, test| {
            // Values and a range of one attribute are one facet, and both hold.
            let known = aspects.iter().position(|known| *known == aspect);
            let place = known.unwrap_or_else(|| {
                aspects.push(aspect);
                aspects.len() - 1
            });
            active.push(Filter { missed: Verdict::held_back_by(place), test });
        };
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
        ActiveFilters { aspects, filters: active, without: without(&filters.without, store, dictionary) }
    }

    /// What a verdict's place is about.
    pub(crate) fn aspects(&self) -> &[Aspect] {
        &self.aspects
    }

    /// The categories, where nothing else holds anything back.
    pub(crate) fn categories_alone(&self) -> Option<Vec<u32>> {
        match self.filters.as_slice() {
            [Filter { test: Test::AnyOf(AnyOf::Categories(numbers)), .. }] if self.without.is_empty() => {
                Some(numbers.all())
            }
            _ => None,
        }
    }

    /// One verdict for each of the documents.
    pub(crate) fn judge(&self, segment: &Segment, docs: &[DocId], verdicts: &mut Vec<Verdict>) {
        verdicts.clear();
        verdicts.resize(docs.len(), Verdict::PASSES);
        for any in &self.without {
            any.mark(segment, docs, verdicts, |has| if has { Some(Verdict::MISSES) } else { None });
        }
        for Filter { missed, test } in &self.filters {
            let missed = *missed;
            match test {
                Test::AnyOf(any) => any.mark(segment, docs, verdicts, |has| if has { None } else { Some(missed) }),
                Test::Price { min, max } => mark(docs, verdicts, |doc| {
                    let is_within = segment.prices.first(doc).is_some_and(|price| (*min..=*max).contains(&price));
                    if is_within { None } else { Some(missed) }
                }),
                Test::AtLeast(signal, least) => {
                    let column = match signal {
                        Signal::Rating => &segment.ratings,
                        Signal::Discount => &segment.discounts,
                    };
                    mark(
                        docs,
                        verdicts,
                        |doc| {
                            if column.first(doc).unwrap_or(0) >= *least { None } else { Some(missed) }
                        },
                    );
                }
                Test::Availability(wanted) => {
                    mark(
                        docs,
                        verdicts,
                        |doc| {
                            if wanted.contains(&segment.availability(doc)) { None } else { Some(missed) }
                        },
                    )
                }
            }
        }
    }
}

impl Verdict {
    pub(crate) const PASSES: Verdict = Verdict(u8::MAX);
    pub(crate) const MISSES: Verdict = Verdict(u8::MAX - 1);

    /// Missing more than one filter is missing; there are not that many.
    fn held_back_by(place: usize) -> Verdict {
        Verdict(u8::try_from(place).unwrap_or(u8::MAX).min(Verdict::MISSES.0))
    }

    /// Of the aspect that alone holds it back.
    pub(crate) fn place(self) -> usize {
        usize::from(self.0)
    }

    fn and(self, missed: Verdict) -> Verdict {
        if self == Verdict::PASSES || self == missed { missed } else { Verdict::MISSES }
    }
}

fn mark(docs: &[DocId], verdicts: &mut [Verdict], missed: impl Fn(DocId) -> Option<Verdict>) {
    for (&doc, verdict) in docs.iter().zip(verdicts) {
        if *verdict != Verdict::MISSES
            && let Some(missed) = missed(doc)
        {
            *verdict = verdict.and(missed);
        }
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

impl AnyOf {
    fn mark(
        &self,
        segment: &Segment,
        docs: &[DocId],
        verdicts: &mut [Verdict],
        missed: impl Fn(bool) -> Option<Verdict>,
    ) {
        let (numbers, terms) = match self {
            AnyOf::Categories(numbers) => (numbers, &segment.categories),
            AnyOf::Brands(numbers) => (numbers, &segment.brands),
            AnyOf::Attributes(numbers) => (numbers, &segment.attributes),
        };
        match numbers {
            Numbers::Few(few) => match few.as_slice() {
                [one] => mark(docs, verdicts, |doc| missed(terms.of(doc).contains(one))),
                few => mark(docs, verdicts, |doc| missed(terms.of(doc).iter().any(|number| few.contains(number)))),
            },
            Numbers::Many(many) => {
                let has = |number: &u32| many.get(*number as usize).copied().unwrap_or(false);
                mark(docs, verdicts, |doc| missed(terms.of(doc).iter().any(has)));
            }
        }
    }

    fn is_empty(&self) -> bool {
        let (AnyOf::Categories(numbers) | AnyOf::Brands(numbers) | AnyOf::Attributes(numbers)) = self;
        matches!(numbers, Numbers::Few(few) if few.is_empty())
    }
}

impl Numbers {
    fn all(&self) -> Vec<u32> {
        match self {
            Numbers::Few(few) => few.clone(),
            Numbers::Many(many) => (0u32..).zip(many).filter(|(_, has)| **has).map(|(number, _)| number).collect(),
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
