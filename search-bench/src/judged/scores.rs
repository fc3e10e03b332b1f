//! PURE. The scores of many queries, and their means.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use std::fmt::Write;

use super::collection::Collection;
use super::difference::Difference;
use super::metrics::{Score, score};
use super::run::Run;

/// In the order of the collection's queries.
pub(crate) struct Scores {
    scores: Vec<Score>,
}

/// Each over the queries for which it can be said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    /// For which nDCG can be said.
    pub(crate) queries: usize,
    pub(crate) ndcg: f64,
    pub(crate) ndcg_judged: f64,
    pub(crate) judged_share: f64,
    pub(crate) mrr: f64,
    pub(crate) recall: f64,
    pub(crate) no_hit: f64,
}

impl Scores {
    pub(crate) fn of(collection: &Collection, run: &Run) -> Scores {
        let of = |id: u32| score(collection.judgments(id), collection.grade_max, run.of(id));
        Scores { scores: collection.queries().iter().map(|query| of(query.id)).collect() }
    }

    /// Every second query, from the first (0) or the second (1) on. Their ids may all be even.
    pub(crate) fn half(&self, which: usize) -> Scores {
        Scores { scores: self.scores.iter().skip(which).step_by(2).copied().collect() }
    }

    pub(crate) fn mean(&self) -> Means {
        let mean = |of: fn(&Score) -> Option<f64>| mean(self.scores.iter().filter_map(of));
        Means {
            queries: self.scores.iter().filter(|score| score.ndcg.is_some()).count(),
            ndcg: mean(|score| score.ndcg),
            ndcg_judged: mean(|score| score.ndcg_judged),
            judged_share: mean(|score| score.judged_share),
            mrr: mean(|score| score.reciprocal_rank),
            recall: mean(|score| score.recall),
            no_hit: mean(|score| Some(f64::from(u8::from(score.no_hit)))),
        }
    }

    /// What another run of the same queries has more than this one, by a measure.
    pub(crate) fn difference(&self, to: &Scores, of: fn(&Score) -> Option<f64>) -> Option<Difference> {
        Difference::of(self.scores.iter().zip(&to.scores).map(|(from, to)| (of(from), of(to))))
    }

    /// One line for each query; what cannot be said of it is empty.
    pub(crate) fn to_tsv(&self, collection: &Collection) -> String {
        let mut text = "query_id\tndcg\tndcgj\tj10\tmrr\trecall\tquery\n".to_owned();
        for (query, score) in collection.queries().iter().zip(&self.scores) {
            let values = [score.ndcg, score.ndcg_judged, score.judged_share, score.reciprocal_rank, score.recall];
            let cells = values.map(|value| value.map(|value| format!("{value:.4}")).unwrap_or_default());
            let _never = writeln!(text, "{}\t{}\t{}", query.id, cells.join("\t"), query.text);
        }
        text
    }
}

/// NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_leave_out_what_cannot_be_said() {
        let collection = Collection::of(
            "query_id\tquery\n2\tone\n4\ttwo\n6\tnone is good\n8\tnever judged\n",
            "query_id\tproduct_id\trating\n2\ta\t3\n4\tb\t3\n6\tc\t0\n",
        )
        .unwrap();
        let mut run = Run::default();
        run.add(2, vec!["a".to_owned()]);
        run.add(6, vec!["x".to_owned()]);
        let scores = Scores::of(&collection, &run);
        let all = scores.mean();
        assert_eq!((all.queries, all.ndcg, all.mrr, all.recall, all.judged_share), (2, 0.5, 0.5, 0.5, 0.5));
        assert!((all.no_hit - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!((scores.half(0).mean().ndcg, scores.half(1).mean().ndcg), (1.0, 0.0));
        assert_eq!(run.to_tsv(), "query_id\trank\tproduct_id\n2\t1\ta\n6\t1\tx\n");
    }
}
