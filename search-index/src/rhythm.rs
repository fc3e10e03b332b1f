//! PURE. When to commit. A commit costs a few milliseconds of disk and makes a segment, so single
//! changes wait a little for company; nobody waits longer than the rhythm allows.

use std::time::Duration;

/// The limits within which changes are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    pub documents_max: usize,
    pub wait_max: Duration,
}

/// What has been written and not committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub documents: usize,
    /// How long the first of them has been waiting.
    pub oldest: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing waits.
    Never,
    Now,
    /// If nothing else comes in the meantime.
    In(Duration),
}

impl Default for Rhythm {
    fn default() -> Rhythm {
        Rhythm { documents_max: 5_000, wait_max: Duration::from_millis(300) }
    }
}

impl Rhythm {
    pub fn due(&self, waiting: Waiting) -> Due {
        if waiting.documents == 0 {
            return Due::Never;
        }
        if waiting.documents >= self.documents_max {
            return Due::Now;
        }
        match self.wait_max.checked_sub(waiting.oldest) {
            None | Some(Duration::ZERO) => Due::Now,
            Some(rest) => Due::In(rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_when_many_wait_or_one_waits_long() {
        let rhythm = Rhythm { documents_max: 10, wait_max: Duration::from_millis(300) };
        let check = |documents, oldest_ms, due| {
            let waiting = Waiting { documents, oldest: Duration::from_millis(oldest_ms) };
            assert_eq!(rhythm.due(waiting), due, "{waiting:?}");
        };
        check(0, 0, Due::Never);
        check(0, 900, Due::Never);
        check(1, 0, Due::In(Duration::from_millis(300)));
        check(9, 299, Due::In(Duration::from_millis(1)));
        check(10, 0, Due::Now);
        check(1, 300, Due::Now);
        check(1, 900, Due::Now);
    }
}
