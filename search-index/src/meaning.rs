//! PURE. The first results by words, put in order by words and meaning together.
//!
//! Nothing is found by its meaning alone: what is counted, filtered and turned over page by page stays what the words found,
//! and a search costs a hundred comparisons however large the shop is.
#![expect(clippy::float_arithmetic, reason = "statistics; no money is near")]

/// So many results by words are looked at: the first screens. What stands behind them stays where it is.
pub(crate) const HEAD: usize = 100;

/// By reciprocal rank: 1 / (60 + rank) of both orders, added. The customary number: Cormack, Clarke and Buettcher,
/// "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods" (SIGIR 2009).
const RANKS_BEFORE: f32 = 60.0;

/// Where a result stands among those that were put in order; ranks count from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meaning {
    /// With what was typed, from -1 to 1. None: what the product means is not known, and its words decide.
    pub similarity: Option<f32>,
    pub by_words: u32,
    pub by_meaning: u32,
}

/// Of results that stand in the order of their words, how similar each is: the same in their new order, with where each
/// stood.
pub(crate) fn fused(similarities: &[Option<f32>]) -> Vec<Meaning> {
    let mut by_meaning: Vec<(usize, f32)> =
        similarities.iter().enumerate().filter_map(|(place, similarity)| Some((place, (*similarity)?))).collect();
    by_meaning.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let mut ranks: Vec<Meaning> = similarities
        .iter()
        .zip(1..)
        .map(|(similarity, rank)| Meaning { similarity: *similarity, by_words: rank, by_meaning: rank })
        .collect();
    for ((place, _), rank) in by_meaning.into_iter().zip(1..) {
        ranks[place].by_meaning = rank;
    }
    ranks.sort_by(|a, b| b.sum().total_cmp(&a.sum()));
    ranks
}

impl Meaning {
    fn sum(&self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a hundred at most")]
        let of = |rank: u32| 1.0 / (RANKS_BEFORE + rank as f32);
        of(self.by_words) + of(self.by_meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_count_alike() {
        let check = |similarities: &[Option<f32>], expected: &[u32]| {
            let order: Vec<u32> = fused(similarities).iter().map(|ranks| ranks.by_words).collect();
            assert_eq!(order, expected, "{similarities:?}");
        };
        check(&[], &[]);
        check(&[Some(0.1)], &[1]);
        check(&[Some(0.9), Some(0.5), Some(0.1)], &[1, 2, 3]);
        // The last by words is the first by meaning: of equals, words decide.
        check(&[Some(0.1), Some(0.5), Some(0.9)], &[1, 3, 2]);
        check(&[Some(0.1), Some(0.9), Some(0.5)], &[2, 1, 3]);
        // Of what is not known, words tell the meaning.
        check(&[None, None, None], &[1, 2, 3]);
        check(&[None, Some(0.5), None], &[1, 2, 3]);
        check(&[None, Some(0.1), Some(0.9)], &[1, 3, 2]);
    }
}
