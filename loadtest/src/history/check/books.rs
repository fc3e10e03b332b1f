//! What the ledger tells and no answer did: made by a call whose outcome is not known, by the clock, or by nobody who was
//! asked. An order is in the ledger with all its lines, or with none.

use std::collections::HashMap;

use super::model::Holder;
use super::{Finding, Findings};
use crate::history::call::{Answer, Entry, History, Kind, Verb};

/// Which calls may have made what nobody was told of.
pub(super) struct AskedFor {
    /// The keys of orders, as far as an answer and a row of the ledger are the same change.
    keys: HashMap<u32, u64>,
    /// Orders that nobody was told of, with what they hold.
    untold: HashMap<u32, Wanted>,
    /// Calls without an answer that would end or move the order of a key.
    ends: HashMap<(Verb, u64), u64>,
    received: HashMap<(u32, i64), u64>,
}

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
                    *asked_for.ends.entry((call.verb, call.key)).or_default() += 1;
                }
                Verb::Receive => {
                    for line in history.lines_of(call) {
                        let one = (line.account, i64::from(line.quantity));
                        *asked_for.received.entry(one).or_default() += 1;
                    }
                }
                Verb::Hold | Verb::Sale | Verb::Level => {}
            }
        }
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

    /// A row that no answer told of.
    pub(super) fn by_nobody_known(&mut self, entry: &Entry, history: &History, findings: &mut Findings) {
        if history.others {
            return;
        }
        let Entry { seq, account, on_hand, reserved, .. } = *entry;
        let ends = |verb| match self.holder(entry) {
            Some(Holder::Key(key)) => self.ends.contains_key(&(verb, key)),
            Some(Holder::Order(_)) | None => false,
        };
        let was_asked = match (entry.kind, entry.order) {
            // An order's lines are judged together.
            (Kind::Hold, Some(order)) => {
                let untold = self.untold.entry(order).or_insert_with(|| (Verb::Hold, Vec::new()));
                untold.1.push((account, reserved));
                true
            }
            (Kind::Sale, Some(order)) => {
                let untold = self.untold.entry(order).or_insert_with(|| (Verb::Sale, Vec::new()));
                untold.1.push((account, -on_hand));
                true
            }
            // By the clock.
            (Kind::Expire, _) => true,
            (Kind::Confirm, _) => ends(Verb::Confirm),
            (Kind::Release | Kind::Return, _) => ends(Verb::Cancel),
            (Kind::Extend, _) => ends(Verb::Extend),
            (Kind::Receive, _) => match self.received.get_mut(&(account, on_hand)) {
                Some(left) if *left > 0 => {
                    *left -= 1;
                    true
                }
                Some(_) | None => false,
            },
            (Kind::Hold | Kind::Sale | Kind::Other, _) => false,
        };
        if !was_asked {
            let (account, kind) = (history.name(account), entry.kind.name());
            findings.add(Finding::Unasked { what: format!("nobody asked for change {seq} of {account}, {kind}") });
        }
    }

    /// Every order that nobody was told of must be, line by line, what some call without an answer wanted.
    pub(super) fn finish(self, history: &History, findings: &mut Findings) {
        if self.untold.is_empty() {
            return;
        }
        let mut wanted: HashMap<Wanted, u64> = HashMap::new();
        for call in history.calls.iter().filter(|call| call.answer == Answer::Unknown) {
            if matches!(call.verb, Verb::Hold | Verb::Sale) {
                let lines = history.lines_of(call).iter().map(|line| (line.account, i64::from(line.quantity)));
                *wanted.entry((call.verb, summed(lines.collect()))).or_default() += 1;
            }
        }
        let mut untold: Vec<(u32, Wanted)> = self.untold.into_iter().collect();
        untold.sort_unstable_by_key(|(order, _)| *order);
        for (order, (verb, lines)) in untold {
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
            match wanted.get_mut(&(verb, lines.clone())) {
                Some(left) if *left > 0 => *left -= 1,
                Some(_) | None => {
                    let what = format!("order no. {order} of the ledger is what no call asked for: {}", words());
                    findings.add(Finding::Unasked { what });
                }
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
