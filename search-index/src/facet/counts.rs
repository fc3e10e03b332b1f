//! How many products each choice would leave, per number of the dictionary.

use tantivy::DocId;

use crate::dictionary::Dictionary;
use crate::document::Availability;
use crate::filter::{Aspect, Fit};
use crate::price_range::PriceCounts;
use crate::segment::Segment;

pub(crate) struct Counts {
    pub(super) categories: Vec<u64>,
    pub(super) brands: Vec<u64>,
    pub(super) attributes: AttributeCounts,
    pub(super) availability: [u64; Availability::ALL.len()],
    pub(super) prices: PriceCounts,
}

/// Attribute values are many, and few of them occur in a result: those are listed, so that the
/// rest need not be looked through.
pub(super) struct AttributeCounts {
    counts: Vec<u32>,
    occurring: Vec<u32>,
}

impl Counts {
    pub(crate) fn new(dictionary: &Dictionary) -> Counts {
        Counts {
            categories: vec![0; dictionary.categories.len()],
            brands: vec![0; dictionary.brands.len()],
            attributes: AttributeCounts::new(dictionary.attributes.len()),
            availability: [0; Availability::ALL.len()],
            prices: PriceCounts::new(),
        }
    }

    /// Counts a document for the facets that it is to be counted for.
    pub(crate) fn add(&mut self, fit: Fit, segment: &Segment, doc: DocId, dictionary: &Dictionary) {
        match fit {
            Fit::Misses => {}
            Fit::Passes => {
                self.add_categories(segment, doc);
                self.add_brands(segment, doc);
                self.add_price(segment, doc);
                self.add_availability(segment, doc);
                for attribute in segment.attributes.of(doc) {
                    self.attributes.add(attribute);
                }
            }
            Fit::MissesOnly(Aspect::Category) => self.add_categories(segment, doc),
            Fit::MissesOnly(Aspect::Brand) => self.add_brands(segment, doc),
            Fit::MissesOnly(Aspect::Price) => self.add_price(segment, doc),
            Fit::MissesOnly(Aspect::Availability) => self.add_availability(segment, doc),
            Fit::MissesOnly(Aspect::Attribute(key)) => {
                for attribute in segment.attributes.of(doc) {
                    if dictionary.attributes.key_of(attribute) == key {
                        self.attributes.add(attribute);
                    }
                }
            }
        }
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
}

impl AttributeCounts {
    /// Numbers of the values that were counted, in no particular order.
    pub(super) fn occurring(&self) -> &[u32] {
        &self.occurring
    }

    pub(super) fn of(&self, number: u32) -> u64 {
        u64::from(self.counts[number as usize])
    }

    fn new(len: usize) -> AttributeCounts {
        AttributeCounts { counts: vec![0; len], occurring: Vec::new() }
    }

    fn add(&mut self, number: u32) {
        let count = &mut self.counts[number as usize];
        if *count == 0 {
            self.occurring.push(number);
        }
        *count += 1;
    }
}
