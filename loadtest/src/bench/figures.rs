//! PURE. The values of each figure, over several rounds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::figure::Figure;

/// Each figure's values, one per round.
#[derive(Default, Serialize)]
pub(crate) struct Figures(BTreeMap<Figure, Vec<u64>>);

impl Figures {
    pub(crate) fn add(&mut self, figure: Figure, value: u64) {
        self.0.entry(figure).or_default().push(value);
    }

    pub(crate) fn median(&self, figure: Figure) -> Option<u64> {
        middle(self.0.get(&figure)?.clone())
    }

    /// In hundredths. Two figures that were measured in the same rounds are compared round by round: what a neighbour did
    /// to one of them, it did to the other.
    pub(crate) fn ratio(&self, this: Figure, that: Figure) -> Option<u64> {
        let (these, those) = (self.0.get(&this)?, self.0.get(&that)?);
        if these.len() != those.len() {
            return Some(hundredths(self.median(this)?, self.median(that)?));
        }
        middle(these.iter().zip(those).map(|(this, that)| hundredths(*this, *that)).collect())
    }

    pub(crate) fn rounds(&self) -> impl Iterator<Item = (Figure, &[u64])> {
        self.0.iter().map(|(figure, values)| (*figure, &values[..]))
    }
}

fn hundredths(this: u64, that: u64) -> u64 {
    this.saturating_mul(100) / that.max(1)
}

/// Of an even number the lower of the two in the middle.
fn middle(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_a_value_that_was_measured() {
        let mut figures = Figures::default();
        assert_eq!(figures.median(Figure::HotSku512), None);
        for (value, median) in [(30, 30), (10, 10), (20, 20), (90, 20)] {
            figures.add(Figure::HotSku512, value);
            assert_eq!(figures.median(Figure::HotSku512), Some(median));
        }
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        let mut figures = Figures::default();
        // The second round was spoilt for both, the third for both even more.
        for (shop, plain) in [(30_000, 3_000), (9_000, 1_000), (400, 50)] {
            figures.add(Figure::HotSku512, shop);
            figures.add(Figure::TransactionPool32, plain);
        }
        assert_eq!(figures.ratio(Figure::HotSku512, Figure::TransactionPool32), Some(900));
        figures.add(Figure::TransactionPool32, 1_000);
        assert_eq!(figures.ratio(Figure::HotSku512, Figure::TransactionPool32), Some(900), "then of the medians");
        assert_eq!(figures.ratio(Figure::HotSku512, Figure::StatementBest), None);
    }
}
