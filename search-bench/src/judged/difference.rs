//! PURE. Whether one run is better than another, or whether the queries only happened to suit it.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use std::fmt;

use crate::catalogue::Dice;

/// How often queries are drawn again (with putting back) to see how much depends on which were judged.
const DRAWS: usize = 10_000;

/// Of means over the queries for which both can be said; the limits are those of 95 of a hundred draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Difference {
    pub(crate) mean: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Difference {
    /// None: nothing to compare.
    pub(crate) fn of(pairs: impl Iterator<Item = (Option<f64>, Option<f64>)>) -> Option<Difference> {
        let differences: Vec<f64> = pairs.filter_map(|(from, to)| Some(to? - from?)).collect();
        if differences.is_empty() {
            return None;
        }
        let mean = |sum: f64| sum / differences.len() as f64;
        let mut dice = Dice::of(1, 1);
        let mut drawn: Vec<f64> =
            (0..DRAWS).map(|_| mean(differences.iter().map(|_| *dice.pick(&differences)).sum())).collect();
        drawn.sort_by(f64::total_cmp);
        let (low, high) = (drawn[DRAWS / 40], drawn[DRAWS - DRAWS / 40]);
        Some(Difference { mean: mean(differences.iter().sum()), low, high })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.3} ({:+.3} to {:+.3})", self.mean, self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_sure_as_the_queries_agree() {
        let of = |differences: &[f64]| Difference::of(differences.iter().map(|it| (Some(0.5), Some(0.5 + it))));
        let same = of(&[0.25; 8]).unwrap();
        assert_eq!((same.mean, same.low, same.high), (0.25, 0.25, 0.25));
        let torn = of(&[0.5, -0.5, 0.5, -0.5, 0.5, -0.5, 0.5, 0.0]).unwrap();
        assert!(torn.low < 0.0 && torn.mean > 0.0 && torn.high < 0.5, "{torn}");
        assert_eq!(Difference::of([(None, Some(1.0)), (Some(1.0), None)].into_iter()), None);
    }
}
