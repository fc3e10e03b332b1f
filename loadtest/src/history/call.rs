//! A history in memory: calls, their lines, and what was read of the books. Small, because there are millions of them.

use std::collections::{BTreeSet, HashMap};

use anyhow::Context;

/// Of a shop that was watched.
#[derive(Default)]
pub(crate) struct History {
    pub(crate) run: String,
    pub(crate) skus: Vec<String>,
    pub(crate) locations: Vec<String>,
    /// Others may have changed these accounts too.
    pub(crate) others: bool,
    pub(crate) calls: Vec<Call>,
    pub(crate) lines: Vec<Line>,
    pub(crate) levels: Vec<Level>,
    /// What the books say at the end. Where an account has entries here, they are all of them.
    pub(crate) ledger: Vec<Entry>,
    /// SKUs whose ledger was read whole, at all locations: an account of theirs without entries has none.
    pub(crate) books: BTreeSet<u32>,
    accounts: HashMap<(u32, u32), u32>,
    names: Vec<(u32, u32)>,
}

/// One sending of one request. Times are nanoseconds since the recording began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) asked: u64,
    /// The end of time, if it was not answered.
    pub(crate) answered: u64,
    /// Sendings with the same verb and key are the same request. A cancellation has its order's key.
    pub(crate) key: u64,
    first_line: u32,
    lines: u16,
    pub(crate) verb: Verb,
    pub(crate) answer: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Verb {
    /// New goods.
    Receive,
    /// An order that is not paid for.
    Hold,
    /// An order that is confirmed at once.
    Sale,
    Confirm,
    Cancel,
    Extend,
    /// A look at the books.
    Level,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    /// Not enough stock. The lines that have a number are those of which there was too little.
    Refused,
    /// No, for another reason.
    Declined,
    /// Nothing that says whether it was done.
    Unknown,
    /// Belongs to another sending of the same request, which stands for it.
    Joined,
}

/// What a call wants of an account, and what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The number of the change; of a refusal or a look, of the last change that it knew. `NONE`: it was not told.
    pub(crate) seq: i64,
    pub(crate) account: u32,
    /// 0: it was told, but not asked.
    pub(crate) quantity: u32,
    /// How many were left, in a refusal; which level, in a look. `UNTOLD`: nothing was said.
    pub(crate) told: u32,
    pub(crate) call: u32,
}

pub(crate) const NONE: i64 = -1;
pub(crate) const UNTOLD: u32 = u32::MAX;
pub(crate) const NEVER: u64 = u64::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) safety: i64,
}

/// A row of the stock ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) seq: i64,
    /// What was written together has one number; it grows with `seq`.
    pub(crate) batch: i64,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) account: u32,
    /// A number for the order, if it is of one; no key.
    pub(crate) order: Option<u32>,
    pub(crate) kind: Kind,
}

/// What a row of the ledger is of, as far as it matters who asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Receive,
    Hold,
    Sale,
    Confirm,
    Release,
    Expire,
    Extend,
    Return,
    /// Corrections, counts, transfers.
    Other,
}

impl History {
    /// The number of the account of this SKU at this location.
    pub(crate) fn account(&mut self, sku: u32, location: u32) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        *self.accounts.entry((sku, location)).or_insert_with(|| {
            self.names.push((sku, location));
            next
        })
    }

    pub(crate) fn accounts(&self) -> u32 {
        u32::try_from(self.names.len()).unwrap_or(u32::MAX)
    }

    /// As people know it.
    pub(crate) fn name(&self, account: u32) -> String {
        let known = |names: &[String], number: u32| names.get(number as usize).filter(|name| !name.is_empty()).cloned();
        let Some(&(sku, location)) = self.names.get(account as usize) else { return format!("account {account}") };
        let sku = known(&self.skus, sku).unwrap_or_else(|| format!("SKU no. {sku}"));
        match known(&self.locations, location) {
            Some(location) => format!("{sku} at {location}"),
            None => sku,
        }
    }

    /// Whether its ledger is known to have been read, whatever was found there.
    pub(crate) fn has_books(&self, account: u32) -> bool {
        self.books.contains(&self.numbers_of(account).0)
    }

    pub(crate) fn numbers_of(&self, account: u32) -> (u32, u32) {
        self.names.get(account as usize).copied().unwrap_or((account, 0))
    }

    pub(crate) fn add(&mut self, call: CallParts, lines: impl IntoIterator<Item = Line>) -> anyhow::Result<()> {
        let number = u32::try_from(self.calls.len()).context("more calls than can be counted")?;
        let first_line = u32::try_from(self.lines.len()).context("more lines than can be counted")?;
        self.lines.extend(lines.into_iter().map(|line| Line { call: number, ..line }));
        let lines = u16::try_from(self.lines.len() - first_line as usize).context("a call with too many lines")?;
        let CallParts { asked, answered, key, verb, answer } = call;
        self.calls.push(Call { asked, answered, key, first_line, lines, verb, answer });
        Ok(())
    }

    pub(crate) fn lines_of(&self, call: &Call) -> &[Line] {
        let first = call.first_line as usize;
        &self.lines[first..first + usize::from(call.lines)]
    }

    pub(crate) fn call_of(&self, line: &Line) -> &Call {
        &self.calls[line.call as usize]
    }
}

/// A call without its lines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallParts {
    pub(crate) asked: u64,
    pub(crate) answered: u64,
    pub(crate) key: u64,
    pub(crate) verb: Verb,
    pub(crate) answer: Answer,
}

impl Call {
    pub(crate) fn parts(&self) -> CallParts {
        CallParts { asked: self.asked, answered: self.answered, key: self.key, verb: self.verb, answer: self.answer }
    }
}

impl Line {
    /// What is wanted of an account, before anything is told.
    pub(crate) fn asking(account: u32, quantity: u32) -> Self {
        Self { seq: NONE, account, quantity, told: UNTOLD, call: 0 }
    }
}

impl Verb {
    pub(crate) const ALL: [Self; 7] =
        [Self::Receive, Self::Hold, Self::Sale, Self::Confirm, Self::Cancel, Self::Extend, Self::Level];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Hold => "hold",
            Self::Sale => "sale",
            Self::Confirm => "confirm",
            Self::Cancel => "cancel",
            Self::Extend => "extend",
            Self::Level => "level",
        }
    }
}

impl Answer {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Declined => "declined",
            Self::Unknown | Self::Joined => "unknown",
        }
    }
}

impl Kind {
    const NAMED: [(Self, &'static str); 8] = [
        (Self::Receive, "receive"),
        (Self::Hold, "hold"),
        (Self::Sale, "sale"),
        (Self::Confirm, "confirm"),
        (Self::Release, "release"),
        (Self::Expire, "expire"),
        (Self::Extend, "extend"),
        (Self::Return, "return"),
    ];

    pub(crate) fn of(word: &str) -> Self {
        Self::NAMED.into_iter().find(|(_, name)| *name == word).map_or(Self::Other, |(kind, _)| kind)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::NAMED.into_iter().find(|(kind, _)| *kind == self).map_or("other", |(_, name)| name)
    }
}
