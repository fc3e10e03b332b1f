//! Changes that nothing tells of. Calls without an answer may have made them, either way; if others were about, anything may
//! have. So after them a level is known only to lie between two others.

use super::model::Range;
use crate::history::call::{Answer, History, Verb};

/// How one change that nothing tells of may move a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    /// Calls that may have made one.
    pub(super) calls: u64,
    pub(super) on_hand: Range,
    pub(super) reserved: Range,
    pub(super) anything: bool,
}

impl Default for Doubt {
    /// Nobody can have.
    fn default() -> Self {
        Self { calls: 0, on_hand: Range::exactly(0), reserved: Range::exactly(0), anything: true }
    }
}

/// By account.
pub(super) fn doubts(history: &History) -> Vec<Doubt> {
    let mut doubts = vec![Doubt::default(); history.accounts() as usize];
    for call in history.calls.iter().filter(|call| call.answer == Answer::Unknown) {
        for line in history.lines_of(call) {
            let quantity = i64::from(line.quantity);
            let none = Range::exactly(0);
            let (on_hand, reserved) = match call.verb {
                Verb::Receive => (Range::exactly(quantity), none),
                Verb::Hold => (none, Range::exactly(quantity)),
                Verb::Sale => (Range::exactly(-quantity), none),
                Verb::Confirm => (Range::exactly(-quantity), Range::exactly(-quantity)),
                // Of what was held, or of what was sold.
                Verb::Cancel => (Range { least: 0, most: quantity }, Range { least: -quantity, most: 0 }),
                Verb::Extend | Verb::Level => (none, none),
            };
            doubts[line.account as usize].may(on_hand, reserved, history.others);
        }
    }
    doubts
}

impl Doubt {
    fn may(&mut self, on_hand: Range, reserved: Range, others: bool) {
        (self.on_hand, self.reserved) = match self.calls {
            0 => (on_hand, reserved),
            _ => (self.on_hand.or(on_hand), self.reserved.or(reserved)),
        };
        self.calls += 1;
        self.anything = others;
    }
}
