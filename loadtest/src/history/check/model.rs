//! The sequential specification: what one change may do to one account. A level may be known only from where to where.

use std::collections::HashMap;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) least: i64,
    pub(super) most: i64,
}

/// Who holds: the key of a request, or, where no request is known, an order of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Holder {
    Key(u64),
    Order(u32),
}

pub(super) struct Model {
    pub(super) on_hand: Range,
    pub(super) reserved: Range,
    pub(super) safety: Range,
    held: HashMap<Holder, i64>,
    sold: HashMap<Holder, i64>,
    /// Somebody may hold, or have ended, what nothing tells of.
    blurred: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Receive(i64),
    Hold(Holder, i64),
    Sale(Holder, i64),
    Confirm(Holder, i64),
    /// What was held is free again; what was sold is back on the shelf.
    Cancel(Holder, i64),
    Extend(Holder),
    /// Known by what it does alone.
    Plain {
        on_hand: i64,
        reserved: i64,
    },
}

/// Why a change cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    TooMany { asked: i64, at_most: i64 },
    NotHeld(Holder),
    HeldAlready(Holder),
    InPart { holder: Holder, held: i64, ended: i64 },
    Impossible,
}

const ANY: Range = Range { least: 0, most: i64::MAX / 4 };

impl Model {
    pub(super) fn new() -> Self {
        let nothing = Range::exactly(0);
        let (held, sold) = (HashMap::new(), HashMap::new());
        Self { on_hand: nothing, reserved: nothing, safety: nothing, held, sold, blurred: false }
    }

    /// How many may be promised, as far as is known.
    pub(super) fn sellable(&self) -> Range {
        Range {
            least: self.on_hand.least - self.reserved.most - self.safety.most,
            most: self.on_hand.most - self.reserved.least - self.safety.least,
        }
    }

    /// Does it, as far as it can be done, and says what it did to the level and what is wrong with it.
    pub(super) fn apply(&mut self, change: Change) -> ((i64, i64), Option<Wrong>) {
        let (moves, wrong) = match change {
            Change::Receive(quantity) => ((quantity, 0), None),
            Change::Hold(holder, quantity) => ((0, quantity), self.promise(holder, quantity, true)),
            Change::Sale(holder, quantity) => ((-quantity, 0), self.promise(holder, quantity, false)),
            Change::Confirm(holder, quantity) => {
                let wrong = self.end(holder, quantity);
                self.sold.insert(holder, quantity);
                ((-quantity, -quantity), wrong)
            }
            Change::Cancel(holder, quantity) if self.sold.contains_key(&holder) => {
                let sold = self.sold.remove(&holder).unwrap_or(0);
                ((quantity, 0), in_part(holder, sold, quantity))
            }
            Change::Cancel(holder, quantity) => ((0, -quantity), self.end(holder, quantity)),
            Change::Extend(holder) => {
                let held = self.held.contains_key(&holder) || self.blurred;
                ((0, 0), (!held).then_some(Wrong::NotHeld(holder)))
            }
            Change::Plain { on_hand, reserved } => ((on_hand, reserved), None),
        };
        // What nobody held gives nothing back: one wrong answer need not make all that follow look wrong.
        if !matches!(wrong, Some(Wrong::NotHeld(_))) {
            self.on_hand = self.on_hand.plus(moves.0);
            self.reserved = self.reserved.plus(moves.1);
        }
        (moves, wrong.or(self.settle().err()))
    }

    fn promise(&mut self, holder: Holder, asked: i64, held: bool) -> Option<Wrong> {
        let at_most = self.sellable().most;
        let book = if held { &mut self.held } else { &mut self.sold };
        let again = book.insert(holder, asked).is_some();
        if asked > at_most {
            return Some(Wrong::TooMany { asked, at_most });
        }
        again.then_some(Wrong::HeldAlready(holder))
    }

    fn end(&mut self, holder: Holder, ended: i64) -> Option<Wrong> {
        match self.held.remove(&holder) {
            Some(held) => in_part(holder, held, ended),
            None if self.blurred => None,
            None => Some(Wrong::NotHeld(holder)),
        }
    }

    /// So many changes happened that nothing tells of, each moving the level by something in between.
    pub(super) fn blur(&mut self, changes: i64, on_hand: Range, reserved: Range) {
        self.blurred = true;
        self.on_hand = self.on_hand.widened(on_hand, changes);
        self.reserved = self.reserved.widened(reserved, changes);
        // If that is impossible, whoever sees the next number says so.
        let _ = self.settle();
    }

    /// Anything may have happened.
    pub(super) fn forget(&mut self) {
        self.blurred = true;
        (self.on_hand, self.reserved, self.safety) = (ANY, ANY, ANY);
    }

    pub(super) fn forget_safety(&mut self) {
        self.safety = ANY;
    }

    /// Whether this can be the level; from now on it is.
    pub(super) fn is_read_as(&mut self, on_hand: i64, reserved: i64, safety: i64) -> bool {
        let fits = self.on_hand.has(on_hand) && self.reserved.has(reserved) && self.safety.has(safety);
        self.on_hand = Range::exactly(on_hand);
        self.reserved = Range::exactly(reserved);
        self.safety = Range::exactly(safety);
        fits
    }

    /// `0 <= reserved <= on_hand`, at every instant.
    fn settle(&mut self) -> Result<(), Wrong> {
        let reserved = Range { least: self.reserved.least.max(0), most: self.reserved.most.min(self.on_hand.most) };
        let on_hand = Range { least: self.on_hand.least.max(reserved.least), most: self.on_hand.most };
        if reserved.least > reserved.most || on_hand.least > on_hand.most {
            return Err(Wrong::Impossible);
        }
        (self.reserved, self.on_hand) = (reserved, on_hand);
        Ok(())
    }
}

fn in_part(holder: Holder, held: i64, ended: i64) -> Option<Wrong> {
    (held != ended).then_some(Wrong::InPart { holder, held, ended })
}

impl Range {
    pub(super) const fn exactly(value: i64) -> Self {
        Self { least: value, most: value }
    }

    pub(super) fn has(self, value: i64) -> bool {
        (self.least..=self.most).contains(&value)
    }

    /// Either.
    pub(super) fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }

    fn plus(self, by: i64) -> Self {
        Self { least: self.least.saturating_add(by), most: self.most.saturating_add(by) }
    }

    fn widened(self, each: Self, times: i64) -> Self {
        let least = self.least.saturating_add(each.least.saturating_mul(times));
        let most = self.most.saturating_add(each.most.saturating_mul(times));
        Self { least: least.max(-ANY.most), most: most.min(ANY.most) }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { least, most } if least == most => write!(to, "{least}"),
            Self { least, most } if *most >= ANY.most => write!(to, "{least} or more"),
            Self { least, most } => write!(to, "{least} to {most}"),
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} on hand, {} reserved, {} kept back", self.on_hand, self.reserved, self.safety)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(to, "key {key}"),
            Self::Order(order) => write!(to, "order no. {order} of the ledger"),
        }
    }
}
