//! PURE. What a search index costs those who buy, how soon it knows what has changed, and what that is held against.
//!
//! Each of the figures is needed: one that was not measured falls short.

use super::figure::{Figure, Unit};
use super::figures::Figures;
use super::goals::{Row, at_least, at_most, reported, under};
use super::ordeal::needed;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Search {
    /// Products of an index that is made anew while nobody buys.
    RebuiltAlone,
    CheckoutP50InPeace,
    CheckoutP99InPeace,
    CheckoutP50BesideRebuild,
    CheckoutP99BesideRebuild,
    /// The same in a sale.
    RebuiltBeside,
    /// Products that got another title in a sale.
    Changed,
    /// From the answer to the change to the first search that finds it.
    FoundP50,
    FoundP99,
    Unfound,
}

/// In hundredths: buyers do not notice that an index is made anew.
const BESIDE_REBUILD: u64 = 110;
/// With fewer, the 99th percentile is the slowest of all.
const CHANGED: u64 = 100;
const FOUND_P50_US: u64 = 1_000_000;
const FOUND_P99_US: u64 = 2_000_000;

impl Search {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::RebuiltAlone => "index made anew, alone",
            Self::CheckoutP50InPeace => "checkout p50, beside no rebuild",
            Self::CheckoutP99InPeace => "checkout p99, beside no rebuild",
            Self::CheckoutP50BesideRebuild => "checkout p50, beside rebuilds",
            Self::CheckoutP99BesideRebuild => "checkout p99, beside rebuilds",
            Self::RebuiltBeside => "index made anew, beside a sale",
            Self::Changed => "products changed in a sale",
            Self::FoundP50 => "p50 until a change is found",
            Self::FoundP99 => "p99 until a change is found",
            Self::Unfound => "changes that were never found",
        }
    }

    pub(super) fn unit(self) -> Unit {
        match self {
            Self::RebuiltAlone | Self::RebuiltBeside => Unit::PerMinute,
            Self::CheckoutP50InPeace | Self::CheckoutP99InPeace => Unit::Microseconds,
            Self::CheckoutP50BesideRebuild | Self::CheckoutP99BesideRebuild => Unit::Microseconds,
            Self::FoundP50 | Self::FoundP99 => Unit::Microseconds,
            Self::Changed | Self::Unfound => Unit::Count,
        }
    }
}

pub(crate) fn search_goals(figures: &Figures) -> Vec<Row> {
    use Search as S;
    let judged =
        |search: Search, judge: &dyn Fn(Figure) -> Option<Row>| needed(search.name(), judge(Figure::Search(search)));
    let beside =
        |search, peace| judged(search, &|figure| at_most(figures, figure, Figure::Search(peace), BESIDE_REBUILD));
    vec![
        judged(S::RebuiltAlone, &|figure| reported(figures, figure)),
        judged(S::CheckoutP50InPeace, &|figure| reported(figures, figure)),
        judged(S::CheckoutP99InPeace, &|figure| reported(figures, figure)),
        beside(S::CheckoutP50BesideRebuild, S::CheckoutP50InPeace),
        beside(S::CheckoutP99BesideRebuild, S::CheckoutP99InPeace),
        judged(S::RebuiltBeside, &|figure| at_least(figures, figure, 1)),
        judged(S::Changed, &|figure| at_least(figures, figure, CHANGED)),
        judged(S::FoundP50, &|figure| under(figures, figure, FOUND_P50_US + 1)),
        judged(S::FoundP99, &|figure| under(figures, figure, FOUND_P99_US + 1)),
        judged(S::Unfound, &|figure| under(figures, figure, 1)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::goals::Verdict;
    use super::*;

    #[test]
    fn each_figure_is_good_as_far_as_its_goal_and_no_further() {
        use Search as S;
        let edges = [
            (S::CheckoutP50BesideRebuild, 1_100, 1_110),
            (S::CheckoutP99BesideRebuild, 1_100, 1_110),
            (S::RebuiltBeside, 1, 0),
            (S::Changed, 100, 99),
            (S::FoundP50, 1_000_000, 1_000_001),
            (S::FoundP99, 2_000_000, 2_000_001),
            (S::Unfound, 0, 1),
        ];
        for (search, good, bad) in edges {
            let verdict = |value| {
                let mut figures = Figures::default();
                [S::CheckoutP50InPeace, S::CheckoutP99InPeace]
                    .into_iter()
                    .for_each(|peace| figures.add(Figure::Search(peace), 1_000));
                figures.add(Figure::Search(search), value);
                let rows = search_goals(&figures);
                rows.into_iter().find(|row| row.figure.starts_with(search.name())).expect("it is judged").verdict
            };
            assert_eq!([verdict(good), verdict(bad)], [Verdict::Met, Verdict::Short], "{}", search.name());
        }
    }

    #[test]
    fn what_was_not_measured_falls_short() {
        let rows = search_goals(&Figures::default());
        assert!(rows.iter().all(|row| row.verdict == Verdict::Short), "{rows:?}");
    }
}
