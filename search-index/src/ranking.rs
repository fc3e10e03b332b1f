//! What makes one match better than another: all the numbers there are to tune, each with its
//! reason, and how they combine.
//!
//! ```text
//!  score = tier + words * availability * (1 + popularity + rating + newness) * rules
//! ```
//!
//! Few numbers, and round ones: boosts that were tuned hard on one set of judged queries lost on others.
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

/// What is known of a product beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signals {
    pub(crate) availability: Availability,
    /// As in the document: of 1000, hundredths of a star, milliseconds.
    pub(crate) popularity: u64,
    pub(crate) rating: u64,
    pub(crate) age_ms: i64,
}

/// How much a word counts by where it stands. What a thing is called says more about what it is than what is
/// written about it, and what people wrote more than what machines list.
pub(crate) fn fields(fields: &Fields) -> [(&'static str, Field, f32); 5] {
    [
        ("title", fields.title, 3.0),
        ("labels", fields.labels, 2.0),
        ("joined", fields.joined, 2.0),
        ("description", fields.description, 1.5),
        ("attributes", fields.attributes, 1.0),
    ]
}

/// A word counts by the field where it weighs most. What the other fields add is this share of it,
/// or a product that repeats itself everywhere would beat the one that is simply called so.
pub(crate) const OTHER_FIELDS: f32 = 0.2;

/// The shop says so. So many are pinned at most; each stands this far above the next.
pub(crate) const PINNED: f32 = 100_000.0;
pub(crate) const PINS_MAX: usize = 100;
const PIN_STEP: f32 = 1_000.0;
/// Someone who types a whole title, SKU or barcode wants that product. Far above any sum of words.
pub(crate) const EXACT: f32 = 20_000.0;
/// Products with all words stand before products with some, whatever their words weigh.
pub(crate) const ALL_WORDS: f32 = 2_000.0;

/// With fewer full matches than this, products with some of the words fill up: about one screen.
pub(crate) const FULL_MATCHES_ENOUGH: u64 = 24;

/// What more than one of so many products have is common, as a unit or a size: with it alone, nothing was found.
pub(crate) const COMMON: u64 = 2;

/// Of a text with many words, so many of the rarest are looked up in any case, and others while all of them together stand
/// in so many products: a long text is not asked for to read a large shop whole.
pub(crate) const ALWAYS_LOOKED_UP: usize = 3;
pub(crate) const LOOKED_UP_MAX: u64 = 250_000;

/// Fewer results than this are thin: then it is told what else may have been meant.
pub(crate) const THIN: u64 = 3;

/// A product that has less than this share of what the words say is no good result.
pub(crate) const GOOD_SHARE: f32 = 0.5;

const DAY_MS: f32 = 86_400_000.0;
const POPULARITY_MAX: f32 = 1_000.0;
/// What is rated below the middle gains nothing; five stars gain all.
const RATING_MIDDLE: f32 = 250.0;

/// The tier in which a text's score lies, and how well the words match within it. What is exact may have all words as well.
pub(crate) fn tier(text_score: f32) -> (f32, f32) {
    let mut within = text_score;
    for tier in [EXACT, ALL_WORDS] {
        if within >= tier {
            within -= tier;
        }
    }
    (if text_score >= EXACT { EXACT } else { text_score - within }, within)
}

fn pin(place: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a hundred at most")]
    let below = place.min(PINS_MAX) as f32;
    PINNED + PIN_STEP * (PINS_MAX as f32 - below)
}

/// The factors by which signals move a product within its tier, each with its name.
pub(crate) fn factors(signals: &Signals, ranking: &Ranking) -> [(&'static str, f32); 4] {
    let share = |percent: u32| percent as f32 / 100.0;
    let availability = match signals.availability {
        Availability::SoldOut => 1.0 - share(ranking.sold_out.min(100)),
        Availability::Low | Availability::InStock => 1.0,
    };
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let (rating, age_ms) = (signals.rating as f32, signals.age_ms.max(0) as f32);
    let rating = ((rating - RATING_MIDDLE) / RATING_MIDDLE).clamp(0.0, 1.0);
    let half_life = ranking.newness_half_life_days.max(1) as f32 * DAY_MS;
    let newness = (-age_ms / half_life).exp2();
    [
        ("availability", availability),
        ("popularity", share(ranking.popularity) * share_of_most(signals.popularity)),
        ("rating", share(ranking.rating) * rating),
        ("newness", share(ranking.newness) * newness),
    ]
}

/// What the shop's rules say about a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ruled {
    /// Its place among those that are pinned.
    pub(crate) pinned: Option<usize>,
    pub(crate) factor: f32,
}

impl Ruled {
    /// Of what no rule is about.
    pub(crate) const NEUTRAL: Ruled = Ruled { pinned: None, factor: 1.0 };
}

/// What signals may add to a score at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gains {
    /// All but popularity.
    others: f32,
    popularity: f32,
}

impl Gains {
    pub(crate) fn at_most(ranking: &Ranking) -> Gains {
        const BEST: Signals =
            Signals { availability: Availability::InStock, popularity: 1_000, rating: 500, age_ms: 0 };
        let [_, (_, popularity), (_, rating), (_, newness)] = factors(&BEST, ranking);
        Gains { others: rating + newness, popularity }
    }

    /// For a product that is so popular.
    pub(crate) fn with_popularity(self, popularity: u64) -> Gains {
        Gains { popularity: self.popularity * share_of_most(popularity), ..self }
    }
}

fn share_of_most(popularity: u64) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let popularity = popularity as f32;
    (popularity / POPULARITY_MAX).min(1.0)
}

/// What a product with such words could score if it were all that people want.
pub(crate) fn score_at_most(text_score: f32, gains: Gains, ruled: Ruled) -> f32 {
    match ruled.pinned {
        Some(place) => pin(place),
        None => in_tier(text_score, (1.0 + gains.others + gains.popularity) * ruled.factor),
    }
}

/// The score by which results are ordered. Nothing but words and pins lifts a product out of its tier.
pub(crate) fn score(text_score: f32, signals: &Signals, ranking: &Ranking, ruled: Ruled) -> f32 {
    if let Some(place) = ruled.pinned {
        return pin(place);
    }
    let [(_, availability), gains @ ..] = factors(signals, ranking);
    let gains: f32 = gains.iter().map(|(_, gain)| gain).sum();
    in_tier(text_score, availability * (1.0 + gains) * ruled.factor)
}

fn in_tier(text_score: f32, factor: f32) -> f32 {
    let (tier, within) = tier(text_score);
    // Far more than any words weigh; rules could go beyond.
    tier + (within * factor).min(ALL_WORDS - 1.0)
}

/// The order of a listing without text: what the shop pinned, boosts or buries, then what can be bought, then the newest.
pub(crate) fn recency(created_at_ms: i64, availability: Availability, ruled: Ruled) -> i64 {
    /// 35,000 years in milliseconds.
    const STEP: i64 = 1 << 50;
    let ms = created_at_ms.clamp(-STEP / 2, STEP / 2 - 1);
    let buyable = match availability {
        Availability::SoldOut => 0,
        Availability::Low | Availability::InStock => STEP,
    };
    let moved = match ruled.factor {
        above if above > 1.0 => 2 * STEP,
        below if below < 1.0 => -2 * STEP,
        _ => 0,
    };
    match ruled.pinned {
        Some(place) => i64::MAX - i64::try_from(place.min(PINS_MAX)).expect("a hundred at most"),
        None => ms + buyable + moved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Signals = Signals { availability: Availability::InStock, popularity: 0, rating: 0, age_ms: i64::MAX };

    fn by(factor: f32) -> Ruled {
        Ruled { pinned: None, factor }
    }

    fn at(place: usize) -> Ruled {
        Ruled { pinned: Some(place), factor: 1.0 }
    }

    #[test]
    fn signals_move_a_product_within_its_tier() {
        let check = |better: (f32, Signals), worse: (f32, Signals)| {
            let score = |(text, signals)| score(text, &signals, &Ranking::default(), by(1.0));
            assert!(score(better) > score(worse), "{better:?} {worse:?}");
        };
        let gone = Signals { availability: Availability::SoldOut, ..PLAIN };
        let low = Signals { availability: Availability::Low, ..PLAIN };
        let wanted = Signals { popularity: 1_000, ..PLAIN };
        let liked = Signals { rating: 500, ..PLAIN };
        let new = Signals { age_ms: 0, ..PLAIN };
        check((10.0, PLAIN), (10.0, gone));
        check((10.0, low), (10.0, gone));
        check((20.0, gone), (10.0, PLAIN));
        check((10.0, wanted), (10.0, PLAIN));
        check((10.0, wanted), (10.0, liked));
        check((10.0, liked), (10.0, new));
        check((10.0, new), (10.0, PLAIN));
        check((20.0, PLAIN), (10.0, wanted));
        check((ALL_WORDS + 5.0, gone), (1_900.0, wanted));
        check((EXACT + 5.0, gone), (ALL_WORDS + 90.0, wanted));
        check((EXACT + ALL_WORDS + 5.0, PLAIN), (EXACT + ALL_WORDS + 5.0, gone));
    }

    #[test]
    fn no_signal_lifts_above_the_most_that_is_possible() {
        let ranking = Ranking { popularity: 90, rating: 40, newness: 70, ..Ranking::default() };
        for text in [0.0, 3.0, ALL_WORDS + 7.0, EXACT + ALL_WORDS + 1.0] {
            for (popularity, rating, age_ms) in
                [(0, 0, i64::MAX), (1_000, 500, 0), (5_000, 900, -5), (300, 420, 86_400_000)]
            {
                let signals = Signals { availability: Availability::Low, popularity, rating, age_ms };
                let gains = Gains::at_most(&ranking);
                for gains in [gains, gains.with_popularity(popularity)] {
                    assert!(
                        score(text, &signals, &ranking, by(1.2))
                            <= score_at_most(text, gains, by(1.2)) + f32::EPSILON * text
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_pinned_stands_above_all_in_its_order() {
        let score = |text, ruled| score(text, &PLAIN, &Ranking::default(), ruled);
        assert!(score(0.0, at(0)) > score(EXACT + ALL_WORDS + 90.0, at(1)));
        assert!(score(0.0, at(PINS_MAX)) > score(EXACT + ALL_WORDS + 90.0, by(10.0)));
    }

    #[test]
    fn rules_do_not_lift_out_of_a_tier_either() {
        let score = |text, ruled| score(text, &PLAIN, &Ranking::default(), ruled);
        assert!(score(1_000.0, by(10.0)) < ALL_WORDS);
        assert!(score(10.0, by(1.5)) > score(14.0, by(1.0)));
        assert!(score(ALL_WORDS + 10.0, by(0.1)) > score(90.0, by(1.0)));
    }

    #[test]
    fn what_a_signal_weighs_is_a_setting() {
        let score = |signals: &Signals, ranking: &Ranking| score(10.0, signals, ranking, by(1.0));
        let wanted = Signals { popularity: 500, ..PLAIN };
        let ranking = Ranking { popularity: 100, ..Ranking::default() };
        assert!((score(&wanted, &ranking) - 15.0).abs() < 0.001);
        let indifferent = Ranking { popularity: 0, rating: 0, newness: 0, sold_out: 0, ..Ranking::default() };
        let gone = Signals { availability: Availability::SoldOut, popularity: 9, rating: 500, age_ms: 0 };
        assert!((score(&gone, &indifferent) - 10.0).abs() < 0.001);
        assert!(score(&gone, &Ranking { sold_out: 900, ..indifferent }).abs() < 0.001);
    }

    #[test]
    fn a_listing_shows_what_the_shop_says_then_what_can_be_bought_then_the_newest() {
        use Availability::{InStock, SoldOut};
        let order = [
            recency(0, SoldOut, at(0)),
            recency(9, InStock, at(1)),
            recency(1, InStock, by(2.0)),
            recency(9, SoldOut, by(2.0)),
            recency(2, InStock, by(1.0)),
            recency(i64::MIN, InStock, by(1.0)),
            recency(i64::MAX, SoldOut, by(1.0)),
            recency(9, InStock, by(0.5)),
        ];
        assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
    }
}
