//! Facets of which each choice includes those above it: four stars and more, a fifth off and more.

use super::{Choices, bucket};
use crate::page::{Facet, FacetKind};

/// From how much on, in the column's unit; what the filter takes; how it reads.
type Step = (u64, &'static str, &'static str);

pub(super) const RATINGS: [Step; 4] = [
    (400, "4", "4 stars and up"),
    (300, "3", "3 stars and up"),
    (200, "2", "2 stars and up"),
    (100, "1", "1 star and up"),
];
pub(super) const DISCOUNTS: [Step; 4] = [
    (5_000, "50", "50 % off or more"),
    (3_000, "30", "30 % off or more"),
    (2_000, "20", "20 % off or more"),
    (1_000, "10", "10 % off or more"),
];

impl Choices<'_> {
    pub(super) fn rating(&self) -> Facet {
        let selected = self.filters.rating_min.map(|tenths| u64::from(tenths) * 10);
        self.at_least("rating", "Rating", &RATINGS, &self.counts.ratings, selected)
    }

    pub(super) fn discount(&self) -> Facet {
        let selected = self.filters.discount_min.map(|percent| u64::from(percent) * 100);
        self.at_least("discount", "Discount", &DISCOUNTS, &self.counts.discounts, selected)
    }

    /// What would leave nothing is no choice.
    fn at_least(&self, key: &str, label: &str, steps: &[Step], counts: &[u64], selected: Option<u64>) -> Facet {
        let choices = steps
            .iter()
            .zip(counts)
            .map(|((least, value, label), count)| bucket(value, label, *count, selected == Some(*least)));
        let useful = choices.filter(|choice| choice.selected || choice.count > 0).collect();
        Facet {
            key: key.to_owned(),
            label: label.to_owned(),
            kind: FacetKind::AtLeast,
            approximate: false,
            buckets: useful,
        }
    }
}
