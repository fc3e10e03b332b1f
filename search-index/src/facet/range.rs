//! Attributes that are numbers, in ranges.

use super::{Choices, Counted, range_buckets};
use crate::filter::Aspect;
use crate::page::Bucket;
use crate::price_range::{PriceCounts, PriceRange};

impl Choices<'_> {
    /// Ranges that divide these values of an attribute, each with how many products have a value in it.
    pub(super) fn ranges(&self, key: u32, values: &[u32]) -> Vec<Bucket> {
        let mut ranges = self.number_counts(values).ranges();
        if !ranges.is_empty() && self.dictionary.attributes.has_several(key) {
            self.count_each_once(key, &mut ranges);
        }
        let slug = &self.dictionary.attribute_keys.get(key).slug;
        let wanted = self.filters.attribute_ranges.get(&**slug).map(|range| (range.min, range.max));
        range_buckets(ranges, wanted.unwrap_or_default(), decimal)
    }

    /// How often each number occurs; a product that has several counts for each.
    pub(super) fn number_counts(&self, values: &[u32]) -> PriceCounts {
        let mut counts = PriceCounts::new();
        for number in values {
            if let Some(thousandths) = self.dictionary.attributes.get(*number).number {
                counts.add(thousandths, self.counts.of_attribute(*number));
            }
        }
        counts
    }

    /// A shoe in four sizes is one shoe, wherever two of them lie in a range.
    fn count_each_once(&self, key: u32, ranges: &mut [PriceRange]) {
        let place = |number: i64| ranges.partition_point(|range| range.to.is_some_and(|to| to < number));
        // By the number of the value: in which range it lies, one more for none.
        let mut places = vec![0; self.dictionary.attributes.len()];
        for (value, number) in self.dictionary.attributes.numbers_of(key) {
            places[value as usize] = place(number) + 1;
        }
        let mut counts = vec![0; ranges.len()];
        let mut counted_for = vec![0; ranges.len()];
        let mut product = 0u64;
        let mut count = |values: &[u32]| {
            product += 1;
            for place in values.iter().filter_map(|value| places[*value as usize].checked_sub(1)) {
                counts[place] += u64::from(counted_for[place] != product);
                counted_for[place] = product;
            }
        };
        for Counted { segment, sifted } in self.counted {
            let held_back = sifted.held_back.iter().filter(|(aspect, _)| *aspect == Aspect::Attribute(key));
            for docs in held_back.map(|(_, docs)| docs).chain([&sifted.passing]) {
                self.counts.sampled(docs).for_each(|doc| count(segment.attributes.of(*doc)));
            }
        }
        for (range, count) in ranges.iter_mut().zip(counts) {
            range.count = count * self.counts.every;
        }
    }
}

/// Thousandths as they are written.
fn decimal(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, rest) = (thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    let text = format!("{sign}{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::thousandths;

    #[test]
    fn thousandths_are_written_as_they_are_read() {
        for text in ["0", "15.6", "-2.5", "1.234", "10", "100", "0.05"] {
            assert_eq!(decimal(thousandths(text).expect("a number")), text);
        }
    }
}
