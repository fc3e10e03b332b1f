//! PURE. Whether a history is one that stock can have: for each account, the changes in the order of their numbers, replayed
//! against a small model; and that order against time.
//!
//! Sorting is the most expensive part of it: N log N, however the calls are spread over accounts. A finding is never a
//! matter of luck: where something is not known, the model knows how much it may be, and says nothing that may be wrong.

mod account;
mod books;
mod crossing;
mod finding;
mod model;
mod real_time;
mod repeats;
mod spots;
#[cfg(test)]
mod tests;
mod unseen;
mod words;

use super::call::{Answer, History, NONE, Verb};

pub(crate) use finding::{Finding, Findings};

/// What was checked, what was found, and what had to be assumed.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) counts: Counts,
    pub(crate) findings: Findings,
}

#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) calls: u64,
    pub(crate) accounts: u64,
    /// Changes that were acknowledged.
    pub(crate) changes: u64,
    pub(crate) refusals: u64,
    pub(crate) looks: u64,
    pub(crate) repeats: u64,
    pub(crate) unknown: u64,
    /// Changes that nobody was told of, known from the ledger alone.
    pub(crate) from_the_books: u64,
    /// Changes that nothing tells of, but that there must have been.
    pub(crate) unseen: u64,
    pub(crate) others: bool,
}

pub(crate) fn check(mut history: History) -> Report {
    let mut report = Report::default();
    repeats::join(&mut history, &mut report.findings);
    whole_answers(&history, &mut report.findings);
    count(&history, &mut report.counts);
    history.ledger.sort_unstable_by_key(|entry| (entry.account, entry.seq));
    let doubts = unseen::doubts(&history);
    let spots = spots::sorted(&history);
    let mut asked_for = books::AskedFor::new(&history);
    crossing::check(&spots, &history, &mut report.findings);
    let (mut spots, mut entries) = (&spots[..], &history.ledger[..]);
    for account in 0..history.accounts() {
        let own = spots::split_off(&mut spots, |spot| spot.account == account);
        let books = spots::split_off(&mut entries, |entry| entry.account == account);
        real_time::check(own, &history, &mut report.findings);
        account::check(account, own, books, &doubts[account as usize], &history, &mut asked_for, &mut report);
    }
    asked_for.finish(&history, &mut report.findings);
    books::whole_orders(&history, &mut report.findings);
    report
}

/// A yes says the number of every change that was asked for, and of no other; a no for want of stock says of what.
fn whole_answers(history: &History, findings: &mut Findings) {
    for call in &history.calls {
        let lines = history.lines_of(call);
        let told = |seq: i64| seq != NONE;
        match call.answer {
            Answer::Done if call.verb == Verb::Level => {}
            Answer::Done if !lines.iter().all(|line| told(line.seq) && line.quantity > 0) || lines.is_empty() => {
                findings.add(Finding::NotWhole { verb: call.verb, key: call.key });
            }
            Answer::Refused if !lines.iter().any(|line| told(line.seq)) => {
                findings.add(Finding::Unfounded { verb: call.verb, key: call.key });
            }
            Answer::Done | Answer::Refused | Answer::Declined | Answer::Unknown | Answer::Joined => {}
        }
    }
}

fn count(history: &History, counts: &mut Counts) {
    counts.calls = history.calls.len() as u64;
    counts.accounts = history.accounts().into();
    counts.others = history.others;
    for call in &history.calls {
        match (call.verb, call.answer) {
            (Verb::Level, _) => counts.looks += 1,
            (_, Answer::Done) => {
                let mut accounts: Vec<u32> = history.lines_of(call).iter().map(|line| line.account).collect();
                accounts.dedup();
                counts.changes += accounts.len() as u64;
            }
            (_, Answer::Refused | Answer::Declined) => counts.refusals += 1,
            (_, Answer::Unknown) => counts.unknown += 1,
            (_, Answer::Joined) => counts.repeats += 1,
        }
    }
}
