//! PURE. Price ranges that suit the prices at hand: round bounds, about equally many products each.
//!
//! Prices are counted into a fixed ladder of round numbers (1, 1.5, 2, 3, 5, 7.5 times a power of
//! ten), then neighbouring rungs are joined. Counts are exact, for ranges end where rungs end.

/// Counts of prices per rung of the ladder.
#[derive(Debug, Clone)]
pub(crate) struct PriceCounts {
    /// Where rungs begin; the first begins at the lowest number there is.
    bounds: Vec<i64>,
    counts: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PriceRange {
    /// Both inclusive; open at the ends of the scale.
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) count: u64,
}

const RANGES_WANTED: u64 = 5;
/// Tenths, so that halves stay whole numbers.
const STEPS_TENTHS: [i64; 6] = [10, 15, 20, 30, 50, 75];

impl PriceCounts {
    pub(crate) fn new() -> PriceCounts {
        let mut bounds = vec![i64::MIN];
        let mut power: i64 = 10;
        while power < i64::MAX / 100 {
            bounds.extend(STEPS_TENTHS.iter().map(|step| step * (power / 10)));
            power *= 10;
        }
        PriceCounts { counts: vec![0; bounds.len()], bounds }
    }

    pub(crate) fn add(&mut self, price: i64, products: u64) {
        let rung = self.bounds.partition_point(|bound| *bound <= price) - 1;
        self.counts[rung] += products;
    }

    /// From cheap to dear, without gaps. Empty when there is nothing to choose between.
    pub(crate) fn ranges(&self) -> Vec<PriceRange> {
        let total: u64 = self.counts.iter().sum();
        let enough = total.div_ceil(RANGES_WANTED).max(1);
        let mut ranges = Vec::new();
        let (mut from, mut count, mut left) = (None, 0, total);
        for (rung, rung_count) in self.counts.iter().enumerate() {
            count += rung_count;
            left -= rung_count;
            if count >= enough && left > 0 {
                let next = self.bounds.get(rung + 1).copied();
                ranges.push(PriceRange { from, to: next.map(|next| next - 1), count });
                (from, count) = (next, 0);
            }
        }
        if ranges.is_empty() {
            return ranges;
        }
        ranges.push(PriceRange { from, to: None, count });
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prices: &[i64], expected: &str) {
        let mut counts = PriceCounts::new();
        for price in prices {
            counts.add(*price, 1);
        }
        let bound = |bound: Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        let ranges: Vec<String> = counts
            .ranges()
            .iter()
            .map(|range| format!("{}..{}: {}", bound(range.from), bound(range.to), range.count))
            .collect();
        assert_eq!(ranges.join(", "), expected);
    }

    #[test]
    fn ranges_are_round_gapless_and_complete() {
        check(&[], "");
        check(&[500], "");
        check(&[500, 501, 502], "");
        check(&[500, 99_900], "..749: 1, 750..: 1");
        check(
            &[100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200],
            "..299: 2, 300..999: 2, 1000..4999: 2, 5000..14999: 2, 15000..: 2",
        );
        check(&[-5, 0, 1, i64::MAX], "..9: 3, 10..: 1");
    }

    #[test]
    fn every_range_counts_what_a_filter_on_it_finds() {
        let prices: Vec<i64> = (0..1_000).map(|n| n * n).collect();
        let mut counts = PriceCounts::new();
        prices.iter().for_each(|price| counts.add(*price, 1));
        for range in counts.ranges() {
            let within =
                |price: &&i64| range.from.is_none_or(|from| from <= **price) && range.to.is_none_or(|to| **price <= to);
            assert_eq!(prices.iter().filter(within).count() as u64, range.count);
        }
    }
}
