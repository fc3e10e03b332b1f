//! What was found, for people.

use std::fmt;

/// The outcome of one check.
#[derive(Debug, Clone)]
pub struct Finding {
    pub check: &'static str,
    /// What must be true.
    pub says: &'static str,
    /// How many things were looked at.
    pub examined: i64,
    pub violations: i64,
    /// Some of them.
    pub examples: Vec<Violation>,
}

/// Where it is not true.
#[derive(Debug, Clone)]
pub struct Violation {
    pub subject: String,
    pub detail: String,
}

#[derive(Debug, Clone)]
pub struct Report {
    pub findings: Vec<Finding>,
}

impl Finding {
    pub fn holds(&self) -> bool {
        self.violations == 0
    }
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(Finding::holds)
    }
}

/// One line, and one more for each example.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, says, examined, violations, examples } = self;
        if self.holds() {
            return write!(f, "ok      {check:<26} {examined:>9}  {says}");
        }
        write!(f, "WRONG   {check:<26} {examined:>9}  {violations} times not true: {says}")?;
        for Violation { subject, detail } in examples {
            write!(f, "\n          {subject}: {detail}")?;
        }
        let hidden = violations - examples.len() as i64;
        if hidden > 0 {
            write!(f, "\n          and {hidden} more")?;
        }
        Ok(())
    }
}

/// The last line.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrong = self.findings.iter().filter(|finding| !finding.holds()).count();
        match wrong {
            0 => write!(f, "All {} checks hold.", self.findings.len()),
            wrong => write!(f, "{wrong} of {} checks do not hold.", self.findings.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_shows_some_and_counts_all() {
        let example = Violation { subject: "SKU SHIRT at main".to_owned(), detail: "on hand 3, ledger 4".to_owned() };
        let finding = |violations, examples: &[Violation]| Finding {
            check: "ledger-sums",
            says: "it adds up",
            examined: 12,
            violations,
            examples: examples.to_vec(),
        };
        assert_eq!(finding(0, &[]).to_string(), "ok      ledger-sums                       12  it adds up");
        let shown = finding(3, std::slice::from_ref(&example)).to_string();
        assert!(shown.starts_with("WRONG") && shown.contains("3 times"), "{shown}");
        assert!(shown.contains("SKU SHIRT at main: on hand 3, ledger 4") && shown.ends_with("and 2 more"), "{shown}");
        let report = Report { findings: vec![finding(0, &[]), finding(1, &[example])] };
        assert!(!report.is_clean());
        assert_eq!(report.to_string(), "1 of 2 checks do not hold.");
    }
}
