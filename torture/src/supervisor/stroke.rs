//! PURE. What can be done to a shop, and how often each is.

use std::fmt;
use std::str::FromStr;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stroke {
    KillServer,
    /// The server ends itself at a named point.
    KillAtPoint,
    /// The server stops at a named point; goes on later, or finds that another has taken over.
    StopAtPoint,
    KillPostgres,
    KillBoth,
    /// `pg_terminate_backend`.
    EndBackend,
    /// `kill -9` of one backend: PostgreSQL throws everybody out and recovers.
    KillBackend,
    /// The server is stopped, its connections end, a second one takes over, and the first one goes on.
    SplitBrain,
    Cut,
    CutBefore,
    CutAfter,
    Late,
    Delay,
    BlackHole,
    Down,
}

impl Stroke {
    /// With how often each is done, of the sum of all.
    pub const ALL: [(Self, u32); 15] = [
        (Self::KillServer, 22),
        (Self::KillAtPoint, 16),
        (Self::StopAtPoint, 7),
        (Self::KillPostgres, 9),
        (Self::KillBoth, 5),
        (Self::EndBackend, 5),
        (Self::KillBackend, 4),
        (Self::SplitBrain, 6),
        (Self::Cut, 6),
        (Self::CutBefore, 4),
        (Self::CutAfter, 6),
        (Self::Late, 6),
        (Self::Delay, 2),
        (Self::BlackHole, 3),
        (Self::Down, 3),
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::KillServer => "kill-server",
            Self::KillAtPoint => "kill-at-point",
            Self::StopAtPoint => "stop-at-point",
            Self::KillPostgres => "kill-postgres",
            Self::KillBoth => "kill-both",
            Self::EndBackend => "end-backend",
            Self::KillBackend => "kill-backend",
            Self::SplitBrain => "split-brain",
            Self::Cut => "cut",
            Self::CutBefore => "cut-before",
            Self::CutAfter => "cut-after",
            Self::Late => "late",
            Self::Delay => "delay",
            Self::BlackHole => "black-hole",
            Self::Down => "down",
        }
    }

    /// So many of `strokes`, each as often as it is done. The same seed draws the same ones.
    pub fn draw(strokes: &[Self], count: u64, seed: u64) -> Vec<Self> {
        let mut dice = SmallRng::seed_from_u64(seed);
        let weighted: Vec<_> = Self::ALL.into_iter().filter(|(stroke, _)| strokes.contains(stroke)).collect();
        let all: u32 = weighted.iter().map(|(_, weight)| weight).sum();
        let one = |mut left: u32| {
            let found = weighted.iter().find(|(_, weight)| {
                let is_it = left < *weight;
                left = left.saturating_sub(*weight);
                is_it
            });
            found.expect("what is drawn is less than the sum").0
        };
        (0..count).map(|_| one(dice.random_range(0..all))).collect()
    }

    pub(crate) fn needs_fail_points(self) -> bool {
        matches!(self, Self::KillAtPoint | Self::StopAtPoint)
    }
}

impl fmt::Display for Stroke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Stroke {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = || Self::ALL.iter().map(|(stroke, _)| *stroke);
        all().find(|stroke| stroke.name() == word).ok_or_else(|| {
            let names: Vec<_> = all().map(Self::name).collect();
            format!("one of {}, not {word}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stroke_has_a_name_that_leads_back_and_its_turn() {
        let all: Vec<Stroke> = Stroke::ALL.iter().map(|(stroke, _)| *stroke).collect();
        let drawn = Stroke::draw(&all, 2_000, 1);
        for stroke in all.clone() {
            assert_eq!(stroke.name().parse(), Ok(stroke));
            assert!(drawn.contains(&stroke), "{stroke}");
        }
        assert_eq!(drawn, Stroke::draw(&all, 2_000, 1));
        assert_ne!(drawn, Stroke::draw(&all, 2_000, 2));
        let two = [Stroke::Late, Stroke::Down];
        assert!(Stroke::draw(&two, 100, 1).iter().all(|stroke| two.contains(stroke)));
        assert!("nonsense".parse::<Stroke>().is_err());
    }
}
