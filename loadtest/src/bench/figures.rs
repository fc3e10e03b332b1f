//! PURE. What a bench measures, over several rounds.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// Rates are per second, latencies in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Figure {
    HotSku512,
    HotSku64,
    ManySkus512,
    CartFlow512,
    SoldOutRefusals512,
    ProductPage,
    EmptyHandler,
    HalfPeakRate,
    HalfPeakP99Us,
    TransactionPool32,
    TransactionBest,
    StatementPool32,
    StatementBest,
    TransactionManySkus,
    StatementManySkus,
    SlowHotSku512,
    SlowTransactionPool32,
    SlowStatementPool32,
}

impl Figure {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HotSku512 => "buy now, one hot SKU, 512 in flight",
            Self::HotSku64 => "buy now, one hot SKU, 64 in flight",
            Self::ManySkus512 => "buy now, many SKUs, 512 in flight",
            Self::CartFlow512 => "cart flow (add, checkout), 512 in flight",
            Self::SoldOutRefusals512 => "refusals when sold out, 512 in flight",
            Self::ProductPage => "product page, 64 in flight",
            Self::EmptyHandler => "empty handler, 64 in flight",
            Self::HalfPeakRate => "half of the peak, open arrivals",
            Self::HalfPeakP99Us => "checkout p99 at half of the peak",
            Self::TransactionPool32 => "SQL: transaction per order, one SKU, pool of 32, 64 in flight",
            Self::TransactionBest => "SQL: transaction per order, one SKU, best pool",
            Self::StatementPool32 => "SQL: statement per order, one SKU, pool of 32, 64 in flight",
            Self::StatementBest => "SQL: statement per order, one SKU, best pool",
            Self::TransactionManySkus => "SQL: transaction per order, many SKUs, pool of 32",
            Self::StatementManySkus => "SQL: statement per order, many SKUs, pool of 32",
            Self::SlowHotSku512 => "slower commit: buy now, one hot SKU, 512 in flight",
            Self::SlowTransactionPool32 => "slower commit: SQL, transaction per order, pool of 32",
            Self::SlowStatementPool32 => "slower commit: SQL, statement per order, pool of 32",
        }
    }

    pub(crate) fn is_latency(self) -> bool {
        self == Self::HalfPeakP99Us
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Each figure's values, one per round.
#[derive(Default, Serialize)]
pub(crate) struct Figures(BTreeMap<Figure, Vec<u64>>);

impl Figures {
    pub(crate) fn add(&mut self, figure: Figure, value: u64) {
        self.0.entry(figure).or_default().push(value);
    }

    /// The middle one; of an even number the lower of the two in the middle.
    pub(crate) fn median(&self, figure: Figure) -> Option<u64> {
        let mut values = self.0.get(&figure)?.clone();
        values.sort_unstable();
        values.get((values.len() - 1) / 2).copied()
    }

    pub(crate) fn rounds(&self) -> impl Iterator<Item = (Figure, &[u64])> {
        self.0.iter().map(|(figure, values)| (*figure, &values[..]))
    }
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
}
