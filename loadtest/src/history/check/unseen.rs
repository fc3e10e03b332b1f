//! Changes that nothing tells of. Calls without an answer may have made them, either way; if others were about, anything may
//! have. So after them a level is known only to lie between two others.

use super::books::wanted;
use super::model::Range;
use crate::history::call::{Answer, History, Verb};

/// How one change that nothing tells of may move a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    /// When the calls were asked that may have made one, the earliest first.
    asked: Vec<u64>,
    pub(super) on_hand: Range,
    pub(super) reserved: Range,
    pub(super) anything: bool,
}

impl Default for Doubt {
    /// Nobody can have.
    fn default() -> Self {
        Self { asked: Vec::new(), on_hand: Range::exactly(0), reserved: Range::exactly(0), anything: true }
    }
}

/// By account.
pub(super) fn doubts(history: &History) -> Vec<Doubt> {
    let mut doubts = vec![Doubt::default(); history.accounts() as usize];
    for call in history.calls.iter().filter(|call| call.answer == Answer::Unknown) {
        // Lines that want the same account are one change of it.
        for (account, quantity) in wanted(history.lines_of(call)) {
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
            doubts[account as usize].may(call.asked, on_hand, reserved, history.others);
        }
    }
    doubts.iter_mut().for_each(|doubt| doubt.asked.sort_unstable());
    doubts
}

impl Doubt {
    /// Calls that may have made a change by then: whoever asked later has not.
    pub(super) fn calls_by(&self, moment: u64) -> u64 {
        self.asked.partition_point(|asked| *asked <= moment) as u64
    }

    fn may(&mut self, asked: u64, on_hand: Range, reserved: Range, others: bool) {
        (self.on_hand, self.reserved) = match self.asked.is_empty() {
            true => (on_hand, reserved),
            false => (self.on_hand.or(on_hand), self.reserved.or(reserved)),
        };
        self.asked.push(asked);
        self.anything = others;
    }
}
