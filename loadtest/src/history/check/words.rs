//! A report in words: what was checked, what had to be taken on trust, what is wrong.

use std::fmt;

use super::{Counts, Report};

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { calls, accounts, changes, refusals, looks, repeats, unknown, from_the_books, unseen, others } =
            self.counts;
        writeln!(
            to,
            "{calls} calls of {accounts} accounts: {changes} changes, {refusals} refusals, {looks} looks at the books, \
             {repeats} repeats, {unknown} without an outcome"
        )?;
        if from_the_books > 0 {
            writeln!(to, "{from_the_books} changes are known from the ledger alone")?;
        }
        match (unseen, others) {
            (0, _) => writeln!(to, "every change is accounted for")?,
            (_, false) => writeln!(
                to,
                "{unseen} changes nothing tells of: taken to be of calls without an outcome, carried out or not"
            )?,
            (_, true) => {
                writeln!(to, "{unseen} changes nothing tells of: taken to be of others, and anything possible")?
            }
        }
        for finding in self.findings.kept() {
            writeln!(to, "  {finding}")?;
        }
        for (name, count) in self.findings.counts() {
            writeln!(to, "{count} x {name}")?;
        }
        write!(to, "History: {}", if self.findings.is_empty() { "sound" } else { "BROKEN" })
    }
}
