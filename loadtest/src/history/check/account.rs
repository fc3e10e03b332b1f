//! One account, from its first change to its last: what was told of each change, what the ledger says of it, what it may do,
//! and whether whatever was read in between was so.

use super::books::AskedFor;
use super::model::{Change, Holder, Model, Range, Wrong};
use super::spots::Spot;
use super::unseen::Doubt;
use super::{Finding, Findings, Report};
use crate::history::call::{Answer, Call, Entry, History, Line, NEVER, UNTOLD, Verb};

pub(super) fn check(
    account: u32,
    spots: &[Spot],
    entries: &[Entry],
    doubt: &Doubt,
    history: &History,
    asked_for: &mut AskedFor,
    report: &mut Report,
) {
    let mut walk = Walk {
        account,
        history,
        doubt,
        answered: earliest_answers(spots, history),
        // Without a ledger, nothing is missing from it.
        has_books: !entries.is_empty() || history.has_books(account),
        books_until: entries.last().map_or(0, |entry| entry.seq),
        batch: i64::MIN,
        model: Model::new(),
        seq: 0,
        missing: 0,
        first_missing: 0,
        too_many: None,
        from_the_books: 0,
        findings: &mut report.findings,
    };
    walk.go(spots, entries, asked_for);
    let Walk { missing, first_missing, too_many, from_the_books, .. } = walk;
    report.counts.unseen += missing;
    report.counts.from_the_books += from_the_books;
    if let Some(unknown) = too_many {
        let account = history.name(account);
        report.findings.add(Finding::Gap { account, missing, first: first_missing, unknown });
    }
}

/// For each spot, the first moment at which anything from there on had been answered: whatever stands below had been asked
/// for by then.
fn earliest_answers(spots: &[Spot], history: &History) -> Vec<u64> {
    let mut earliest: Vec<u64> =
        spots.iter().map(|spot| history.call_of(&history.lines[spot.line as usize]).answered).collect();
    for at in (1..earliest.len()).rev() {
        earliest[at - 1] = earliest[at].min(earliest[at - 1]);
    }
    earliest
}

struct Walk<'a> {
    account: u32,
    history: &'a History,
    doubt: &'a Doubt,
    answered: Vec<u64>,
    has_books: bool,
    /// The last number that the ledger has.
    books_until: i64,
    /// Of the last row of it.
    batch: i64,
    model: Model,
    /// Of the last change that is accounted for.
    seq: i64,
    missing: u64,
    first_missing: i64,
    /// More are missing than there were calls that may have made them: so many.
    too_many: Option<u64>,
    from_the_books: u64,
    findings: &'a mut Findings,
}

impl<'a> Walk<'a> {
    fn go(&mut self, mut spots: &[Spot], mut entries: &[Entry], asked_for: &mut AskedFor) {
        loop {
            let next_spot = spots.first().map(|spot| spot.seq());
            let next_entry = entries.first().map(|entry| entry.seq);
            let Some(seq) = next_spot.into_iter().chain(next_entry).min() else { return };
            // Of whoever was told of this change or a later one, the first: what comes before it had been asked for by then.
            let by = self.answered.get(self.answered.len() - spots.len()).copied().unwrap_or(NEVER);
            let told = super::spots::split_off(&mut spots, |spot| spot.seq() == seq && !spot.reads());
            let reads = super::spots::split_off(&mut spots, |spot| spot.seq() == seq);
            let written = super::spots::split_off(&mut entries, |entry| entry.seq == seq);
            let is_change = !told.is_empty() || !written.is_empty();
            // Whoever reads change `n` has seen it, whether anything else tells of it or not.
            self.skip_to(if is_change { seq - 1 } else { seq }, by);
            if is_change {
                self.seq = self.seq.max(seq);
                self.change(seq, told, written, by, asked_for);
            }
            for read in reads {
                self.read(*read);
            }
        }
    }

    /// Changes up to here happened, and nothing tells of them.
    fn skip_to(&mut self, seq: i64, by: u64) {
        if seq <= self.seq {
            return;
        }
        let skipped = seq - self.seq;
        if self.missing == 0 {
            self.first_missing = self.seq + 1;
        }
        self.missing = self.missing.saturating_add(skipped.unsigned_abs());
        let in_books = self.has_books && self.seq < self.books_until;
        self.seq = seq;
        let unknown = if in_books { 0 } else { self.doubt.calls_by(by) };
        let too_many = self.missing > unknown && !self.history.others;
        if too_many && self.too_many.is_none() {
            self.too_many = Some(unknown);
        }
        match self.doubt.anything || too_many {
            true => self.model.forget(),
            false => self.model.blur(skipped, self.doubt.on_hand, self.doubt.reserved),
        }
    }

    fn change(&mut self, seq: i64, told: &[Spot], written: &[Entry], by: u64, asked_for: &mut AskedFor) {
        if written.len() > 1 {
            let account = self.name();
            self.findings.add(Finding::LedgerTwice { account, seq });
        }
        let entry = written.first();
        if let Some(batch) = entry.map(|entry| entry.batch) {
            if batch < self.batch {
                let (account, before) = (self.name(), self.batch);
                self.findings.add(Finding::BatchBackwards { account, seq, batch, before });
            }
            self.batch = batch.max(self.batch);
        }
        let Some((call, quantity)) = self.whose(seq, told) else {
            if let Some(entry) = entry {
                self.from_the_books += 1;
                asked_for.by_nobody_known(entry, by, self.history, self.findings);
                let change = written_change(entry, asked_for.holder(entry));
                self.apply(seq, change);
                if change_leaves_safety_open(entry) {
                    self.model.forget_safety();
                }
            }
            return;
        };
        let change = told_change(call, quantity);
        let moves = self.apply(seq, change);
        match entry {
            None if self.has_books => {
                let account = self.name();
                self.findings.add(Finding::Lost { account, seq, key: call.key });
            }
            None => {}
            Some(entry) => {
                let ledger = (entry.on_hand, entry.reserved);
                if ledger != moves {
                    let account = self.name();
                    self.findings.add(Finding::LedgerDiffers { account, seq, told: moves, ledger });
                }
            }
        }
    }

    /// The call whose change this is, and how many it is of. Lines of one order that want the same account are one change.
    fn whose(&mut self, seq: i64, told: &[Spot]) -> Option<(&'a Call, i64)> {
        let history = self.history;
        let line = |spot: &Spot| &history.lines[spot.line as usize];
        let first = line(told.first()?);
        let call = history.call_of(first);
        for other in told.iter().map(line).filter(|line| line.call != first.call) {
            let keys = [call.key, history.call_of(other).key];
            self.findings.add(Finding::SeqTwice { account: history.name(self.account), seq, keys });
        }
        let own = told.iter().map(line).filter(|line| line.call == first.call);
        Some((call, own.map(|line| i64::from(line.quantity)).sum()))
    }

    fn apply(&mut self, seq: i64, change: Change) -> (i64, i64) {
        let (moves, wrong) = self.model.apply(change);
        if let Some(wrong) = wrong {
            let account = self.name();
            let finding = match wrong {
                Wrong::TooMany { asked, at_most } => {
                    Finding::Oversold { account, seq, key: holder_of(change), asked, at_most }
                }
                Wrong::NotHeld(holder) => Finding::EndedTwice { account, seq, key: holder.to_string() },
                Wrong::HeldAlready(holder) => Finding::HeldTwice { account, seq, key: holder.to_string() },
                Wrong::InPart { holder, held, ended } => {
                    Finding::EndedInPart { account, seq, key: holder.to_string(), held, ended }
                }
                Wrong::Impossible => Finding::Impossible { account, seq, level: self.model.to_string() },
            };
            self.findings.add(finding);
        }
        moves
    }

    fn read(&mut self, spot: Spot) {
        let line = &self.history.lines[spot.line as usize];
        let call = self.history.call_of(line);
        match (call.verb, call.answer) {
            (Verb::Level, _) => self.level(line),
            _ => self.refusal(line, call),
        }
    }

    fn refusal(&mut self, line: &Line, call: &Call) {
        debug_assert_eq!(call.answer, Answer::Refused, "nothing else reads");
        let Range { least, most } = self.model.sellable();
        let (asked, key, seq) = (i64::from(line.quantity), call.key, line.seq);
        if asked <= least {
            let account = self.name();
            self.findings.add(Finding::PhantomRefusal { account, seq, key, asked, left: least });
        }
        let (least, most) = (least.max(0), most.max(0));
        let told = i64::from(line.told);
        if line.told != UNTOLD && !(least..=most).contains(&told) {
            let account = self.name();
            self.findings.add(Finding::OtherLeft { account, seq, key, told, left: (least, most) });
        }
    }

    fn level(&mut self, line: &Line) {
        let Some(level) = self.history.levels.get(line.told as usize) else { return };
        let known = self.model.to_string();
        if !self.model.is_read_as(level.on_hand, level.reserved, level.safety) {
            let told = format!("{} on hand, {} reserved, {} kept back", level.on_hand, level.reserved, level.safety);
            self.findings.add(Finding::OtherLevel { account: self.name(), seq: line.seq, told, known });
        }
    }

    fn name(&self) -> String {
        self.history.name(self.account)
    }
}

fn told_change(call: &Call, quantity: i64) -> Change {
    let holder = Holder::Key(call.key);
    match call.verb {
        Verb::Receive => Change::Receive(quantity),
        Verb::Hold => Change::Hold(holder, quantity),
        Verb::Sale => Change::Sale(holder, quantity),
        Verb::Confirm => Change::Confirm(holder, quantity),
        Verb::Cancel => Change::Cancel(holder, quantity),
        Verb::Extend => Change::Extend(holder),
        Verb::Level => Change::Plain { on_hand: 0, reserved: 0 },
    }
}

/// What a row of the ledger does that nobody was told of. What does not move what its kind moves is taken as it is written.
fn written_change(entry: &Entry, holder: Option<Holder>) -> Change {
    use crate::history::call::Kind;
    let Entry { on_hand, reserved, kind, .. } = *entry;
    let plain = Change::Plain { on_hand, reserved };
    match (kind, holder) {
        (Kind::Hold, Some(holder)) if on_hand == 0 && reserved > 0 => Change::Hold(holder, reserved),
        (Kind::Sale, Some(holder)) if on_hand < 0 && reserved == 0 => Change::Sale(holder, -on_hand),
        (Kind::Confirm, Some(holder)) if on_hand == reserved && reserved < 0 => Change::Confirm(holder, -reserved),
        (Kind::Release | Kind::Expire, Some(holder)) if on_hand == 0 && reserved < 0 => {
            Change::Cancel(holder, -reserved)
        }
        (Kind::Return, Some(holder)) if on_hand > 0 && reserved == 0 => Change::Cancel(holder, on_hand),
        (Kind::Extend, Some(holder)) if on_hand == 0 && reserved == 0 => Change::Extend(holder),
        _ => plain,
    }
}

/// A count may move what is kept back, which the ledger does not say.
fn change_leaves_safety_open(entry: &Entry) -> bool {
    entry.kind == crate::history::call::Kind::Other
}

fn holder_of(change: Change) -> String {
    match change {
        Change::Hold(holder, _)
        | Change::Sale(holder, _)
        | Change::Confirm(holder, _)
        | Change::Cancel(holder, _)
        | Change::Extend(holder) => holder.to_string(),
        Change::Receive(_) | Change::Plain { .. } => "nobody".to_owned(),
    }
}
