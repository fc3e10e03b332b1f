//! What the ledger tells and no answer did: made by a call whose outcome is not known, by the clock, or by nobody who was
//! asked. An order is in the ledger with all its lines, or with none.
//!
//! A call explains only what may have come after it: when somebody was told a number, all below it had been asked for. Of
//! several calls that may explain the same, the earliest is taken first: those moments grow with the numbers, so one that
//! came too late for a change may do for a later one, and not the other way round.

use std::collections::{HashMap, VecDeque};

use super::model::Holder;
use super::{Finding, Findings};
use crate::history::call::{Answer, Entry, History, Kind, Line, Verb};

/// Which calls may have made what nobody was told of.
pub(super) struct AskedFor {
    /// The keys of orders, as far as an answer and a row of the ledger are the same change.
    keys: HashMap<u32, u64>,
    /// Orders that nobody was told of, with what they hold, and by when they had been asked for.
    untold: HashMap<u32, (Wanted, u64)>,
    /// When calls without an answer were asked that would end or move the order of a key.
    ends: HashMap<(Verb, u64), u64>,
    received: HashMap<(u32, i64), Asked>,
}

/// When calls were asked that want the same, the earliest first.
#[derive(Default)]
struct Asked(VecDeque<u64>);

/// How an order is placed, and what of each account.
type Wanted = (Verb, Vec<(u32, i64)>);

impl AskedFor {
    pub(super) fn new(history: &History) -> Self {
        let mut asked_for =
            Self { keys: HashMap::new(), untold: HashMap::new(), ends: HashMap::new(), received: HashMap::new() };
        if history.ledger.is_empty() {
            return asked_for;
        }
        asked_for.meet_orders(history);
        for call in history.calls.iter().filter(|call| call.answer == Answer::Unknown) {
            match call.verb {
                Verb::Confirm | Verb::Cancel | Verb::Extend => {
                    asked_for.ends.insert((call.verb, call.key), call.asked);
                }
                Verb::Receive => {
                    for one in wanted(history.lines_of(call)) {
                        asked_for.received.entry(one).or_default().0.push_back(call.asked);
                    }
                }
                Verb::Hold | Verb::Sale | Verb::Level => {}
            }
        }
        asked_for.received.values_mut().for_each(Asked::sort);
        asked_for
    }

    /// Which order of the ledger is whose: the change that an answer named is in the ledger under an order.
    fn meet_orders(&mut self, history: &History) {
        let find = |account: u32, seq: i64| {
            let found = history.ledger.binary_search_by_key(&(account, seq), |entry| (entry.account, entry.seq));
            found.ok().and_then(|at| history.ledger[at].order)
        };
        for call in &history.calls {
            if call.answer == Answer::Done && matches!(call.verb, Verb::Hold | Verb::Sale) {
                for line in history.lines_of(call) {
                    if let Some(order) = find(line.account, line.seq) {
                        self.keys.entry(order).or_insert(call.key);
                    }
                }
            }
        }
    }

    pub(super) fn holder(&self, entry: &Entry) -> Option<Holder> {
        let order = entry.order?;
        Some(self.keys.get(&order).map_or(Holder::Order(order), |key| Holder::Key(*key)))
    }

    /// A row that no answer told of. Whoever asked for it had asked `by` then.
    pub(super) fn by_nobody_known(&mut self, entry: &Entry, by: u64, history: &History, findings: &mut Findings) {
        if history.others {
            return;
        }
        let Entry { seq, account, on_hand, reserved, .. } = *entry;
        let ends = |verb| match self.holder(entry) {
            Some(Holder::Key(key)) => self.ends.get(&(verb, key)).is_some_and(|asked| *asked <= by),
            Some(Holder::Order(_)) | None => false,
        };
        let was_asked = match (entry.kind, entry.order) {
            // An order's lines are judged together.
            (Kind::Hold, Some(order)) => self.is_of_an_order(order, Verb::Hold, (account, reserved), by),
            (Kind::Sale, Some(order)) => self.is_of_an_order(order, Verb::Sale, (account, -on_hand), by),
            // By the clock.
            (Kind::Expire, _) => true,
            (Kind::Confirm, _) => ends(Verb::Confirm),
            (Kind::Release | Kind::Return, _) => ends(Verb::Cancel),
            (Kind::Extend, _) => ends(Verb::Extend),
            (Kind::Receive, _) => self.received.get_mut(&(account, on_hand)).is_some_and(|asked| asked.take(by)),
            (Kind::Hold | Kind::Sale | Kind::Other, _) => false,
        };
        if !was_asked {
            let (account, kind) = (history.name(account), entry.kind.name());
            findings.add(Finding::Unasked { what: format!("nobody asked for change {seq} of {account}, {kind}") });
        }
    }

    fn is_of_an_order(&mut self, order: u32, verb: Verb, line: (u32, i64), by: u64) -> bool {
        let ((_, lines), asked_by) = self.untold.entry(order).or_insert_with(|| ((verb, Vec::new()), by));
        lines.push(line);
        *asked_by = by.min(*asked_by);
        true
    }

    /// Every order that nobody was told of must be, line by line, what some call without an answer wanted.
    pub(super) fn finish(self, history: &History, findings: &mut Findings) {
        if self.untold.is_empty() {
            return;
        }
        let mut asked: HashMap<Wanted, Asked> = HashMap::new();
        for call in history.calls.iter().filter(|call| call.answer == Answer::Unknown) {
            if matches!(call.verb, Verb::Hold | Verb::Sale) {
                asked.entry((call.verb, wanted(history.lines_of(call)))).or_default().0.push_back(call.asked);
            }
        }
        asked.values_mut().for_each(Asked::sort);
        let mut untold: Vec<(u32, (Wanted, u64))> = self.untold.into_iter().collect();
        untold.sort_unstable_by_key(|(order, (_, by))| (*by, *order));
        for (order, ((verb, lines), by)) in untold {
            let lines = summed(lines);
            let words = || {
                let line = |(account, quantity): &(u32, i64)| format!("{quantity} of {}", history.name(*account));
                lines.iter().map(line).collect::<Vec<_>>().join(", ")
            };
            if let Some(key) = self.keys.get(&order) {
                let what = format!("the order of key {key} has more in the ledger than it was told: {}", words());
                findings.add(Finding::Unasked { what });
                continue;
            }
            if !asked.get_mut(&(verb, lines.clone())).is_some_and(|asked| asked.take(by)) {
                let what = format!("order no. {order} of the ledger is what no call had asked for: {}", words());
                findings.add(Finding::Unasked { what });
            }
        }
    }
}

/// An order begins at all of its accounts, and is confirmed, given back or run out at all of them, in one batch. The ledgers of
/// its accounts were read one after the other: one that was read before that batch cannot have it.
pub(super) fn whole_orders(history: &History, findings: &mut Findings) {
    let row = |at: &u32| &history.ledger[*at as usize];
    let mut rows: Vec<u32> =
        (0..).zip(&history.ledger).filter(|(_, row)| row.order.is_some()).map(|(at, _)| at).collect();
    rows.sort_unstable_by_key(|at| row(at).order);
    let read_until = read_until(history);
    for own in rows.chunk_by(|one, next| row(one).order == row(next).order) {
        let of = |kinds: &[Kind]| own.iter().map(row).filter(|row| kinds.contains(&row.kind)).collect::<Vec<_>>();
        let begun = of(&[Kind::Hold, Kind::Sale]);
        // None: it was before this history.
        if begun.is_empty() {
            continue;
        }
        for kinds in
            [&[Kind::Hold, Kind::Sale][..], &[Kind::Confirm], &[Kind::Release], &[Kind::Expire], &[Kind::Return]]
        {
            let there = of(kinds);
            let Some(first) = there.first() else { continue };
            let has = |account: u32| there.iter().any(|row| row.account == account);
            let read = |account: u32| read_until.get(&account).is_some_and(|batch| *batch >= first.batch);
            let in_part = begun.iter().any(|row| !has(row.account) && read(row.account));
            let torn = there.iter().any(|row| row.batch != first.batch);
            if in_part || torn {
                let (order, kind) = (first.order.unwrap_or_default(), first.kind.name());
                findings.add(Finding::OrderInPart { order, kind, rows: there.len(), begun: begun.len() });
            }
        }
    }
}

/// The last batch that the ledger of each account has.
fn read_until(history: &History) -> HashMap<u32, i64> {
    let mut last: HashMap<u32, i64> = HashMap::new();
    for row in &history.ledger {
        let batch = last.entry(row.account).or_insert(row.batch);
        *batch = row.batch.max(*batch);
    }
    last
}

impl Asked {
    fn sort(&mut self) {
        self.0.make_contiguous().sort_unstable();
    }

    /// One that had asked by then explains one thing.
    fn take(&mut self, by: u64) -> bool {
        let in_time = self.0.front().is_some_and(|asked| *asked <= by);
        in_time && self.0.pop_front().is_some()
    }
}

/// What a call wants of each account.
pub(super) fn wanted(lines: &[Line]) -> Vec<(u32, i64)> {
    summed(lines.iter().map(|line| (line.account, i64::from(line.quantity))).collect())
}

/// By account; lines that want the same one are one.
fn summed(mut lines: Vec<(u32, i64)>) -> Vec<(u32, i64)> {
    lines.sort_unstable();
    lines.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    lines
}
