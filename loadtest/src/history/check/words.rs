//! A report in words: what was checked, what had to be taken on trust, what is wrong.

use std::fmt;

use super::{Counts, Report};

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.kept().iter().try_for_each(|finding| writeln!(to, "  {finding}"))?;
        write!(to, "{}", self.summary())
    }
}

/// All but the findings themselves.
pub(crate) struct Summary<'a>(&'a Report);

impl Report {
    pub(crate) fn summary(&self) -> Summary<'_> {
        Summary(self)
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Report { counts, findings }) = self;
        let Counts { calls, accounts, changes, refusals, looks, repeats, unknown, from_the_books, unseen, others } =
            *counts;
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
        for (name, count) in findings.counts() {
            writeln!(to, "{count} x {name}")?;
        }
        write!(to, "History: {}", if findings.is_empty() { "sound" } else { "BROKEN" })
    }
}
