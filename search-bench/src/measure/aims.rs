//! What is promised of a million products on two cores, and whether it was kept.

use super::questions::Kind;
use super::report::{KindProbed, Report, Spread, micros};

pub(crate) struct Verdict {
    pub(crate) aim: String,
    pub(crate) is_met: bool,
}

/// Upper bounds, microseconds.
#[derive(Clone, Copy)]
struct Aim {
    p50: Option<u64>,
    p99: Option<u64>,
}

const PRODUCTS_PER_MINUTE: f64 = 100_000.0;
const SEARCHES_PER_SECOND: f64 = 150.0;

impl Kind {
    fn aim(self) -> Aim {
        match self {
            Kind::OneWord | Kind::TwoWords => Aim { p50: Some(3_000), p99: None },
            Kind::Filtered | Kind::Category => Aim { p50: Some(15_000), p99: Some(60_000) },
            Kind::Suggest => Aim { p50: None, p99: Some(10_000) },
            Kind::Hostile => Aim { p50: None, p99: Some(50_000) },
        }
    }

    /// Of a spread that was measured, cold or warm.
    pub(crate) fn verdict(self, spread: &Spread) -> Verdict {
        let Aim { p50, p99 } = self.aim();
        let bounds = [("p50", p50, spread.p50), ("p99", p99, spread.p99)];
        let bounds = bounds.into_iter().filter_map(|(name, most, measured)| Some((name, most?, measured)));
        let (mut aims, mut is_met) = (Vec::new(), spread.count > 0);
        for (name, most, measured) in bounds {
            aims.push(format!("{name} < {}", micros(most)));
            is_met &= measured < most;
        }
        Verdict { aim: aims.join(", "), is_met }
    }
}

impl Report {
    pub(crate) fn of(&self, kind: Kind) -> Option<&KindProbed> {
        self.kind(kind.name())
    }

    pub(crate) fn rebuild_verdict(&self) -> Verdict {
        Verdict {
            aim: format!("{PRODUCTS_PER_MINUTE:.0} a minute"),
            is_met: self.products_per_minute() >= PRODUCTS_PER_MINUTE,
        }
    }

    pub(crate) fn throughput_verdict(&self) -> Verdict {
        Verdict {
            aim: format!("{SEARCHES_PER_SECOND:.0} a second"),
            is_met: self.probed.searches_per_second >= SEARCHES_PER_SECOND,
        }
    }
}

impl Verdict {
    pub(crate) fn word(&self) -> &'static str {
        if self.is_met { "met" } else { "NOT MET" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_aim_is_met_by_less() {
        let check = |kind: Kind, p50, p99, expected: &str| {
            let verdict = kind.verdict(&Spread { count: 1, p50, p99, ..Spread::default() });
            assert_eq!(format!("{}: {}", verdict.aim, verdict.word()), expected);
        };
        check(Kind::OneWord, 2_999, 900_000, "p50 < 3.0 ms: met");
        check(Kind::OneWord, 3_000, 0, "p50 < 3.0 ms: NOT MET");
        check(Kind::Filtered, 14_000, 59_000, "p50 < 15.0 ms, p99 < 60.0 ms: met");
        check(Kind::Filtered, 14_000, 61_000, "p50 < 15.0 ms, p99 < 60.0 ms: NOT MET");
        check(Kind::Suggest, 99_000, 9_000, "p99 < 10.0 ms: met");
    }
}
