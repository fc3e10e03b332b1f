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

/// Where a result stood; ranks count from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Meaning {
    /// Among the first results of its tier.
    pub by_words: u32,
    /// None: what the product means is not known, or a rule weighs it, and it stays where its words put it.
    pub known: Option<Known>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// With what was typed, from -1 to 1.
    pub similarity: f32,
    /// Among those of which it is known.
    pub by_meaning: u32,
}

/// Of results that stand in the order of their words, how similar each is: the same in their new order, with where each
/// stood. Those of which it is known are put in order into the places that they had.
pub(crate) fn fused(similarities: &[Option<f32>]) -> Vec<Meaning> {
    let mut fused: Vec<Meaning> =
        similarities.iter().zip(1..).map(|(_, by_words)| Meaning { by_words, known: None }).collect();
    let mut known: Vec<(usize, f32)> =
        similarities.iter().enumerate().filter_map(|(place, similarity)| Some((place, (*similarity)?))).collect();
    let places: Vec<usize> = known.iter().map(|(place, _)| *place).collect();
    known.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let mut ranked: Vec<(f32, Meaning)> = known
        .into_iter()
        .zip(1..)
        .map(|((place, similarity), by_meaning)| {
            let among_known = places.partition_point(|known| *known < place) + 1;
            let meaning = Meaning { known: Some(Known { similarity, by_meaning }), ..fused[place] };
            (reciprocal(among_known) + reciprocal(by_meaning as usize), meaning)
        })
        .collect();
    ranked.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.by_words.cmp(&other.by_words)));
    for (place, (_, meaning)) in places.into_iter().zip(ranked) {
        fused[place] = meaning;
    }
    fused
}

fn reciprocal(rank: usize) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a hundred at most")]
    let rank = rank as f32;
    1.0 / (RANKS_BEFORE + rank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_count_alike() {
        let check = |similarities: &[Option<f32>], expected: &[u32]| {
            let order: Vec<u32> = fused(similarities).iter().map(|meaning| meaning.by_words).collect();
            assert_eq!(order, expected, "{similarities:?}");
        };
        check(&[], &[]);
        check(&[Some(0.1)], &[1]);
        check(&[Some(0.9), Some(0.5), Some(0.1)], &[1, 2, 3]);
        // The last by words is the first by meaning: of equals, words decide.
        check(&[Some(0.1), Some(0.5), Some(0.9)], &[1, 3, 2]);
        check(&[Some(0.1), Some(0.9), Some(0.5)], &[2, 1, 3]);
        // What is not known stays where it is, and is in nobody's way.
        check(&[None, None, None], &[1, 2, 3]);
        check(&[None, Some(0.5), None], &[1, 2, 3]);
        check(&[None, None, None, Some(-1.0)], &[1, 2, 3, 4]);
        check(&[None, Some(0.1), None, Some(0.9), Some(0.5)], &[1, 4, 3, 2, 5]);
    }
}
