//! What makes one match better than another: all the numbers there are to tune, each with its
//! reason, and how they combine.
#![expect(clippy::float_arithmetic, reason = "scores are statistics; no money is near")]

use tantivy::schema::Field;

use crate::document::Availability;
use crate::schema::Fields;

/// How much each business signal may add to how well the words match, in percent. Two products that match alike differ by
/// no more than the sum of these; so a better match by more than that always stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ranking {
    pub popularity: u32,
    pub rating: u32,
    pub newness: u32,
    /// After how many days a product is half as new.
    pub newness_half_life_days: u32,
    /// What is taken off what is sold out.
    pub sold_out: u32,
}

impl Default for Ranking {
    fn default() -> Ranking {
        Ranking { popularity: 30, rating: 10, newness: 5, newness_half_life_days: 30, sold_out: 20 }
    }
}

/// How much a word counts by where it stands. What a thing is called says more about what it is
/// than what is written about it.
pub(crate) fn field_weights(fields: &Fields) -> [(Field, f32); 6] {
    [
        (fields.title, 3.0),
        (fields.category, 2.0),
        (fields.brand, 2.0),
        (fields.keywords, 2.0),
        (fields.attributes, 1.0),
        (fields.description, 1.0),
    ]
}

/// A word counts by the field where it weighs most. What the other fields add is this share of it,
/// or a product that repeats itself everywhere would beat the one that is simply called so.
pub(crate) const OTHER_FIELDS: f32 = 0.2;

/// A similar word counts so much of what the word itself would.
pub(crate) const SIMILAR: f32 = 0.5;

/// Someone who types a whole SKU or barcode wants that product. Far above any sum of words.
pub(crate) const EXACT_CODE: f32 = 20_000.0;
/// Products with all words stand before products with some, whatever their words weigh.
pub(crate) const ALL_WORDS: f32 = 2_000.0;

/// With fewer full matches than this, products with some of the words fill up: about one screen.
pub(crate) const FULL_MATCHES_ENOUGH: u64 = 24;

/// What is sold out stands a little lower among its equals, but is still found.
const SOLD_OUT_FACTOR: f32 = 0.8;

/// The score by which results are ordered. Availability moves a product within its tier only.
pub(crate) fn score(text_score: f32, availability: Availability) -> f32 {
    let tier = [EXACT_CODE, ALL_WORDS].into_iter().find(|tier| text_score >= *tier).unwrap_or(0.0);
    let factor = match availability {
        Availability::SoldOut => SOLD_OUT_FACTOR,
        Availability::Low | Availability::InStock => 1.0,
    };
    tier + (text_score - tier) * factor
}

/// The order of a listing without text: what can be bought first, then the newest.
pub(crate) fn recency(created_at_ms: i64, availability: Availability) -> i64 {
    /// 35,000 years in milliseconds.
    const BUYABLE_FIRST: i64 = 1 << 50;
    let ms = created_at_ms.clamp(-BUYABLE_FIRST / 2, BUYABLE_FIRST / 2 - 1);
    match availability {
        Availability::SoldOut => ms,
        Availability::Low | Availability::InStock => ms + BUYABLE_FIRST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sold_out_loses_to_its_equals_but_keeps_its_tier() {
        let check = |better: (f32, Availability), worse: (f32, Availability)| {
            assert!(score(better.0, better.1) > score(worse.0, worse.1), "{better:?} {worse:?}");
        };
        use Availability::{InStock, Low, SoldOut};
        check((10.0, InStock), (10.0, SoldOut));
        check((10.0, Low), (10.0, SoldOut));
        check((20.0, SoldOut), (10.0, InStock));
        check((ALL_WORDS + 5.0, SoldOut), (90.0, InStock));
        check((EXACT_CODE + 5.0, SoldOut), (ALL_WORDS + 90.0, InStock));
    }

    #[test]
    fn a_listing_shows_what_can_be_bought_then_the_newest() {
        use Availability::{InStock, SoldOut};
        assert!(recency(1, InStock) > recency(1_800_000_000_000, SoldOut));
        assert!(recency(2, InStock) > recency(1, InStock));
        assert!(recency(i64::MIN, InStock) > recency(i64::MAX, SoldOut));
    }
}
