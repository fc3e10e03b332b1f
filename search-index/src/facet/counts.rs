//! How many products each choice would leave, per number of the dictionary.

use tantivy::DocId;

use super::at_least::{DISCOUNTS, RATINGS};
use crate::dictionary::Dictionary;
use crate::document::Availability;
use crate::filter::Aspect;
use crate::price_range::PriceCounts;
use crate::segment::Segment;
use crate::sieve::Sifted;

/// Attributes are counted in so many documents of a result; a larger one is sampled evenly, which bounds the cost. Which of
/// fifty thousand products have a third HDMI port is known well enough from every second one of a hundred thousand.
const COUNTED_MAX: u64 = 50_000;

pub(crate) struct Counts {
    pub(super) categories: Vec<u64>,
    /// They were counted beforehand.
    knows_categories: bool,
    pub(super) brands: Vec<u64>,
    pub(super) attributes: AttributeCounts,
    pub(super) availability: [u64; Availability::ALL.len()],
    pub(super) prices: PriceCounts,
    /// Products that have at least each of the steps.
    pub(super) ratings: [u64; RATINGS.len()],
    pub(super) discounts: [u64; DISCOUNTS.len()],
    /// How many there are to choose from.
    pub(super) products: u64,
    /// Attributes are counted in every so many-th product.
    pub(super) every: u64,
}

/// What a segment has to be counted.
pub(crate) struct Counted<'a> {
    pub(crate) segment: &'a Segment,
    pub(crate) sifted: &'a Sifted,
}

/// Attribute values are many, and few of them occur in a result: those are listed, so that the
/// rest need not be looked through.
pub(super) struct AttributeCounts {
    counts: Vec<u32>,
    occurring: Vec<u32>,
}

impl Counts {
    /// `in_categories`: set where every product there is, is a choice of categories.
    pub(crate) fn new(dictionary: &Dictionary, products: u64, in_categories: Option<&[u64]>) -> Counts {
        Counts {
            categories: in_categories.map_or_else(|| vec![0; dictionary.categories.len()], <[u64]>::to_vec),
            knows_categories: in_categories.is_some(),
            brands: vec![0; dictionary.brands.len()],
            attributes: AttributeCounts::new(dictionary.attributes.len()),
            availability: [0; Availability::ALL.len()],
            prices: PriceCounts::new(),
            ratings: [0; RATINGS.len()],
            discounts: [0; DISCOUNTS.len()],
            products,
            every: products.div_ceil(COUNTED_MAX).max(1),
        }
    }

    /// Counts results for every facet, and what one filter alone holds back for that filter's own: one column after the
    /// other, for each is read in a row.
    pub(crate) fn add(&mut self, counted: &Counted<'_>, dictionary: &Dictionary) {
        let Counted { segment, sifted } = counted;
        if !self.knows_categories {
            self.add_of(segment, Aspect::Category, &sifted.passing, dictionary);
        }
        let ungrouped = [Aspect::Brand, Aspect::Price, Aspect::Rating, Aspect::Discount, Aspect::Availability];
        ungrouped.into_iter().for_each(|aspect| self.add_of(segment, aspect, &sifted.passing, dictionary));
        for doc in self.sampled(&sifted.passing) {
            segment.attributes.of(*doc).iter().for_each(|attribute| self.attributes.add(*attribute));
        }
        for (aspect, docs) in &sifted.held_back {
            self.add_of(segment, *aspect, docs, dictionary);
        }
    }

    fn add_of(&mut self, segment: &Segment, aspect: Aspect, docs: &[DocId], dictionary: &Dictionary) {
        match aspect {
            Aspect::Category => docs.iter().for_each(|doc| self.add_categories(segment, *doc)),
            Aspect::Brand => docs.iter().for_each(|doc| self.add_brands(segment, *doc)),
            Aspect::Price => docs.iter().for_each(|doc| self.add_price(segment, *doc)),
            Aspect::Rating => docs.iter().for_each(|doc| self.add_rating(segment, *doc)),
            Aspect::Discount => docs.iter().for_each(|doc| self.add_discount(segment, *doc)),
            Aspect::Availability => docs.iter().for_each(|doc| self.add_availability(segment, *doc)),
            Aspect::Attribute(key) => {
                for doc in self.sampled(docs) {
                    let values = segment.attributes.of(*doc).iter();
                    let of_key = values.filter(|value| dictionary.attributes.key_of(**value) == key);
                    of_key.for_each(|value| self.attributes.add(*value));
                }
            }
        }
    }

    /// Those in which attributes are counted.
    pub(super) fn sampled<'d>(&self, docs: &'d [DocId]) -> impl Iterator<Item = &'d DocId> + use<'d> {
        docs.iter().step_by(usize::try_from(self.every).unwrap_or(usize::MAX))
    }

    /// Of an attribute's value; an estimate where not every product was looked at.
    pub(super) fn of_attribute(&self, number: u32) -> u64 {
        self.attributes.of(number) * self.every
    }

    fn add_categories(&mut self, segment: &Segment, doc: DocId) {
        for category in segment.categories.of(doc) {
            self.categories[*category as usize] += 1;
        }
    }

    fn add_brands(&mut self, segment: &Segment, doc: DocId) {
        for brand in segment.brands.of(doc) {
            self.brands[*brand as usize] += 1;
        }
    }

    fn add_price(&mut self, segment: &Segment, doc: DocId) {
        if let Some(price) = segment.prices.first(doc) {
            self.prices.add(price, 1);
        }
    }

    fn add_rating(&mut self, segment: &Segment, doc: DocId) {
        count_steps(&mut self.ratings, &RATINGS, segment.ratings.first(doc));
    }

    fn add_discount(&mut self, segment: &Segment, doc: DocId) {
        count_steps(&mut self.discounts, &DISCOUNTS, segment.discounts.first(doc));
    }

    fn add_availability(&mut self, segment: &Segment, doc: DocId) {
        self.availability[usize::from(segment.availability(doc).to_u8())] += 1;
    }
}

fn count_steps<const N: usize>(counts: &mut [u64; N], steps: &[(u64, &str, &str); N], value: Option<u64>) {
    let value = value.unwrap_or(0);
    for (count, (least, _, _)) in counts.iter_mut().zip(steps) {
        *count += u64::from(value >= *least);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_results_are_sampled() {
        let every = |products| Counts::new(&Dictionary::default(), products, None).every;
        assert_eq!([0, 1, 50_000, 50_001, 100_000, 1_000_000].map(every), [1, 1, 1, 2, 2, 20]);
    }
}
