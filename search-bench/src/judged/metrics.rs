//! PURE. How good one list of results is, measured by judgments of some of the products.
//!
//! Gain is linear in the grade; a result at rank r counts 1/log2(r + 1) of its gain.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use std::collections::BTreeSet;

use super::collection::Judgments;

/// Results that a shopper sees at once.
const SCREEN: usize = 10;
/// Results among which anything good should be.
const DEPTH: usize = 100;
/// From this grade on a product is what was looked for.
const GOOD: f64 = 2.0;

/// None where the judgments do not allow it to be said: no product has any gain, or none is good.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    /// The gain of the first ten, as a share of what the best order of the judged products has. Who is not judged gains nothing.
    pub(crate) ndcg: Option<f64>,
    /// The same without the results that nobody judged: fairer to who finds others than those that were shown to the judges.
    pub(crate) ndcg_judged: Option<f64>,
    /// How many of the first ten are judged. None without results.
    pub(crate) judged_share: Option<f64>,
    /// 1 / rank of the first good one of a hundred.
    pub(crate) reciprocal_rank: Option<f64>,
    /// How many of the good ones are among the first hundred.
    pub(crate) recall: Option<f64>,
    pub(crate) no_hit: bool,
}

pub(crate) fn score(judgments: &Judgments, grade_max: f64, results: &[String]) -> Score {
    let results = distinct(results);
    let gain = |product: &&str| judgments.get(*product).map_or(0.0, |grade| grade.max(0.0) / grade_max);

    let mut ideal: Vec<f64> = judgments.values().map(|grade| grade.max(0.0) / grade_max).collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let ideal = discounted(ideal.into_iter());
    let of_ideal = |gain: f64| (ideal > 0.0).then(|| gain / ideal);

    let judged = || results.iter().filter(|product| judgments.contains_key(**product));
    let first = results.len().min(SCREEN);
    let judged_of_first = results[..first].iter().filter(|product| judgments.contains_key(**product)).count();

    let is_good = |product: &&str| judgments.get(*product).is_some_and(|grade| *grade >= GOOD);
    let good = judgments.values().filter(|grade| **grade >= GOOD).count();
    let deep = &results[..results.len().min(DEPTH)];
    let first_good = deep.iter().position(is_good);

    Score {
        ndcg: of_ideal(discounted(results.iter().map(gain))),
        ndcg_judged: of_ideal(discounted(judged().map(gain))),
        judged_share: (first > 0).then(|| share(judged_of_first, first)),
        reciprocal_rank: (good > 0).then(|| first_good.map_or(0.0, |position| share(1, position + 1))),
        recall: (good > 0).then(|| share(deep.iter().filter(|product| is_good(product)).count(), good)),
        no_hit: results.is_empty(),
    }
}

fn discounted(gains: impl Iterator<Item = f64>) -> f64 {
    gains.take(SCREEN).zip(2u32..).map(|(gain, rank_and_one)| gain / f64::from(rank_and_one).log2()).sum()
}

/// A product that is named again counts where it was named first.
fn distinct(results: &[String]) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    results.iter().map(String::as_str).filter(|product| seen.insert(*product)).collect()
}

fn share(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of results")]
    let (part, whole) = (part as f64, whole as f64);
    part / whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(measured: Option<f64>, expected: Option<f64>) -> bool {
        match (measured, expected) {
            (Some(measured), Some(expected)) => (measured - expected).abs() < 5e-5,
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Judged: a 3, b 2, c 1, d 0. The best order gains 1 + (2/3)/1.58496 + (1/3)/2 = 1.587286.
    #[test]
    fn a_list_is_measured_by_what_was_judged() {
        let judgments: Judgments = [("a", 3.0), ("b", 2.0), ("c", 1.0), ("d", 0.0)]
            .into_iter()
            .map(|(product, grade)| (product.to_owned(), grade))
            .collect();
        let check = |results: &str, [ndcg, judged, share, rank, recall]: [Option<f64>; 5]| {
            let results: Vec<String> = results.split_whitespace().map(str::to_owned).collect();
            let score = score(&judgments, 3.0, &results);
            assert!(close(score.ndcg, ndcg), "{results:?} {score:?}");
            assert!(close(score.ndcg_judged, judged), "{results:?} {score:?}");
            assert!(close(score.judged_share, share), "{results:?} {score:?}");
            assert!(close(score.reciprocal_rank, rank), "{results:?} {score:?}");
            assert!(close(score.recall, recall), "{results:?} {score:?}");
        };
        let some = |values: [f64; 5]| values.map(Some);
        check("a b c d", some([1.0, 1.0, 1.0, 1.0, 1.0]));
        // 0 + (1/3)/1.58496 + 1/2 + 0 = 0.710310; b is not found.
        check("d c a", some([0.447500, 0.447500, 1.0, 1.0 / 3.0, 0.5]));
        // x and y were never judged: 1/1.58496 + (2/3)/2.32193 = 0.918047; without them 1 + (2/3)/1.58496 = 1.420620.
        check("x a y b", some([0.578375, 0.894999, 0.5, 0.5, 1.0]));
        check("a a b", some([0.894999, 0.894999, 1.0, 1.0, 1.0]));
        // The eleventh is not seen by nDCG, but is by the others: judged, a alone.
        check("1 2 3 4 5 6 7 8 9 10 a", some([0.0, 0.630006, 0.0, 1.0 / 11.0, 0.5]));
        // Nobody looks beyond the hundredth.
        let hundred = (1..=100).map(|n| format!("{n} ")).collect::<String>();
        check(&format!("{hundred} a"), some([0.0, 0.630006, 0.0, 0.0, 0.0]));
        check("", [Some(0.0), Some(0.0), None, Some(0.0), Some(0.0)]);
    }

    #[test]
    fn where_nothing_is_good_nothing_can_be_missed() {
        let judgments: Judgments = [("a".to_owned(), 0.0)].into();
        let score = score(&judgments, 3.0, &["a".to_owned()]);
        assert_eq!((score.ndcg, score.ndcg_judged, score.reciprocal_rank, score.recall), (None, None, None, None));
        assert_eq!(score.judged_share, Some(1.0));
    }
}
