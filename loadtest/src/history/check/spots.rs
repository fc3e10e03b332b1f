//! Where the lines of all calls stand: by account, then by number; what reads change `n` stands right behind it.

use crate::history::call::{Answer, History, Verb};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) account: u32,
    pub(super) line: u32,
    /// Twice the number, and one more for what only reads.
    pub(super) position: u64,
}

impl Spot {
    pub(super) fn seq(self) -> i64 {
        (self.position / 2).cast_signed()
    }

    pub(super) fn reads(self) -> bool {
        self.position % 2 == 1
    }
}

pub(super) fn sorted(history: &History) -> Vec<Spot> {
    let mut spots: Vec<Spot> = (0..).zip(&history.lines).filter_map(|(number, _)| spot(history, number)).collect();
    spots.sort_unstable_by_key(|spot| (spot.account, spot.position, spot.line));
    spots
}

fn spot(history: &History, number: u32) -> Option<Spot> {
    let line = &history.lines[number as usize];
    let call = history.call_of(line);
    let reads = match (call.verb, call.answer) {
        (Verb::Level, _) | (_, Answer::Refused) => 1,
        (_, Answer::Done) => 0,
        (_, Answer::Declined | Answer::Unknown | Answer::Joined) => return None,
    };
    let seq = u64::try_from(line.seq).ok()?;
    Some(Spot { account: line.account, line: number, position: 2 * seq + reads })
}

/// Takes from the front what is of one kind.
pub(super) fn split_off<'a, T>(from: &mut &'a [T], own: impl Fn(&T) -> bool) -> &'a [T] {
    let (own, rest) = from.split_at(from.partition_point(own));
    *from = rest;
    own
}
