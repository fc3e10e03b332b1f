//! PURE. What can be done to a shop, and how often each is.

use std::fmt;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::Blow;

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
    /// To the owner, while another server stands by.
    Standby(Blow),
}

impl Stroke {
    /// With how often each is done, of the sum of all.
    pub const ALL: [(Self, u32); 21] = [
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
        (Self::Standby(Blow::Kill), 4),
        (Self::Standby(Blow::End), 4),
        (Self::Standby(Blow::Stop), 2),
        (Self::Standby(Blow::Cut), 2),
        (Self::Standby(Blow::Reset), 2),
        (Self::Standby(Blow::Postgres), 2),
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
            Self::Standby(blow) => blow.name(),
        }
    }

    /// The one that is called so, or all whose names begin so.
    pub fn named(word: &str) -> Result<Vec<Self>, String> {
        let all = || Self::ALL.iter().map(|(stroke, _)| *stroke);
        let family = format!("{word}-");
        let named = match all().find(|stroke| stroke.name() == word) {
            Some(stroke) => vec![stroke],
            None => all().filter(|stroke| stroke.name().starts_with(&family)).collect(),
        };
        if named.is_empty() {
            let names: Vec<_> = all().map(Self::name).collect();
            return Err(format!("one of {}, not {word}", names.join(", ")));
        }
        Ok(named)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stroke_has_a_name_that_leads_back_and_its_turn() {
        let all: Vec<Stroke> = Stroke::ALL.iter().map(|(stroke, _)| *stroke).collect();
        let drawn = Stroke::draw(&all, 2_000, 1);
        for stroke in all.clone() {
            assert!(Stroke::named(stroke.name()).is_ok_and(|named| named == [stroke]), "{stroke}");
            assert!(drawn.contains(&stroke), "{stroke}");
        }
        assert_eq!(drawn, Stroke::draw(&all, 2_000, 1));
        assert_ne!(drawn, Stroke::draw(&all, 2_000, 2));
        let two = [Stroke::Late, Stroke::Down];
        assert!(Stroke::draw(&two, 100, 1).iter().all(|stroke| two.contains(stroke)));
        assert!(["nonsense", "stand", ""].into_iter().all(|word| Stroke::named(word).is_err()));
        let beside: Vec<_> = all.into_iter().filter(|stroke| matches!(stroke, Stroke::Standby(_))).collect();
        assert_eq!(Stroke::named("standby"), Ok(beside));
        assert_eq!(Stroke::named("kill").map(|kills| kills.len()), Ok(5));
    }
}
