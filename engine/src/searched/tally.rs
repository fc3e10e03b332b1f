//! PURE. Counters in memory, of a bounded number of texts.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::id::StoreId;

use super::outcome::Outcome;
use super::text::Text;

/// What is counted of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) searches: i64,
    pub(super) without_results: i64,
    pub(super) with_unknown_words: i64,
    pub(super) clicks: i64,
    /// Positions count from 1.
    pub(super) click_position_sum: i64,
}

pub(super) type Place = (StoreId, NaiveDate, Text);

/// Each text beyond the bound is counted among the others of its store and day.
#[derive(Debug)]
pub(super) struct Tally {
    counts: HashMap<Place, Counts>,
    texts_max: usize,
}

impl Counts {
    pub(super) fn of_search(outcome: Outcome) -> Self {
        let one = Self { searches: 1, ..Self::default() };
        match outcome {
            Outcome::Found => one,
            Outcome::FoundWithUnknownWords => Self { with_unknown_words: 1, ..one },
            Outcome::Nothing => Self { without_results: 1, ..one },
        }
    }

    pub(super) fn of_click(position: u32) -> Self {
        Self { clicks: 1, click_position_sum: i64::from(position), ..Self::default() }
    }

    fn add(&mut self, more: Self) {
        self.searches = self.searches.saturating_add(more.searches);
        self.without_results = self.without_results.saturating_add(more.without_results);
        self.with_unknown_words = self.with_unknown_words.saturating_add(more.with_unknown_words);
        self.clicks = self.clicks.saturating_add(more.clicks);
        self.click_position_sum = self.click_position_sum.saturating_add(more.click_position_sum);
    }
}

impl Tally {
    pub(super) fn new(texts_max: usize) -> Self {
        Self { counts: HashMap::new(), texts_max }
    }

    /// Says whether the text is told apart.
    pub(super) fn count(&mut self, place: Place, counts: Counts) -> bool {
        if let Some(known) = self.counts.get_mut(&place) {
            known.add(counts);
            return true;
        }
        let (store, day, text) = place;
        let has_room = self.counts.len() < self.texts_max;
        let text = if has_room { text } else { Text::others() };
        self.counts.entry((store, day, text)).or_default().add(counts);
        has_room
    }

    /// All that was counted; it begins anew.
    pub(super) fn take(&mut self) -> Vec<(Place, Counts)> {
        std::mem::take(&mut self.counts).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        (StoreId::MAIN, NaiveDate::default(), Text::parse(text).unwrap_or_else(|_| Text::others()))
    }

    #[test]
    fn a_full_tally_counts_what_is_new_among_the_others() {
        let mut tally = Tally::new(2);
        assert!(tally.count(place("sofa"), Counts::of_search(Outcome::Found)));
        assert!(tally.count(place("lamp"), Counts::of_search(Outcome::Nothing)));
        assert!(!tally.count(place("chair"), Counts::of_search(Outcome::Found)));
        assert!(!tally.count(place("table"), Counts::of_click(4)));
        assert!(tally.count(place("sofa"), Counts::of_click(3)));
        let mut counted = tally.take();
        counted.sort_by(|a, b| a.0.cmp(&b.0));
        let counts = |searches, without_results, clicks, click_position_sum| Counts {
            searches,
            without_results,
            clicks,
            click_position_sum,
            ..Counts::default()
        };
        assert_eq!(
            counted,
            [(place(""), counts(1, 0, 1, 4)), (place("lamp"), counts(1, 1, 0, 0)), (place("sofa"), counts(1, 0, 1, 3)),]
        );
        assert_eq!(tally.take(), []);
    }
}
