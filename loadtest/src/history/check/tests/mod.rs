//! Histories, each with what is to be found in it. What is right in all of them: ten units come in, and are sold.

mod generated;
mod ledger;
mod told;
mod untold;

use super::*;
use crate::history::read;

fn checked(others: &str, facts: &str) -> Report {
    let facts: String = facts.lines().map(|fact| format!("{}\n", fact.trim())).collect();
    check(read(format!("doorbuster history 1\nothers {others}\n{facts}").as_bytes()).expect("a history"))
}

fn names(report: &Report) -> Vec<&'static str> {
    report.findings.counts().keys().copied().collect()
}

#[track_caller]
fn finds(name: &str, facts: &str) {
    let report = checked("no", facts);
    assert_eq!(names(&report), [name], "{:#?}", report.findings.kept());
}

#[track_caller]
fn is_sound(facts: &str) -> Report {
    let report = checked("no", facts);
    assert!(report.findings.is_empty(), "{:#?}", report.findings.kept());
    report
}
