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
    pub(super) attributes: Vec<u64>,
    pub(super) availability: [u64; Availability::ALL.len()],
    pub(super) prices: PriceCounts,
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
