//! PURE. When a one-time token opens something, and how often one is sent.

use chrono::TimeDelta;
use engine::clock::Timestamp;

/// So many letters of a kind reach an account within `LATELY`, whoever asks for them. What was sent before them goes on
/// opening, and those of another kind are counted by themselves: so whoever asks for more than that in somebody's name keeps
/// nobody from their account.
const LETTERS_MAX: i64 = 5;
pub(crate) const LATELY: TimeDelta = TimeDelta::minutes(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// Whoever shows one that opens nothing is not told why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Opens,
    Used,
    RunOut,
}

pub(crate) fn decide(kept: Kept, now: Timestamp) -> Verdict {
    match kept.used_at {
        Some(_) => Verdict::Used,
        None if kept.expires_at <= now => Verdict::RunOut,
        None => Verdict::Opens,
    }
}

pub(crate) fn may_send(sent_lately: i64) -> bool {
    sent_lately < LETTERS_MAX
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    /// Each line: at which second it is shown, and what comes of it. It was made at 0 for 60 s.
    fn check(story: &str) {
        let at = |second: i64| DateTime::from_timestamp(1_800_000_000 + second, 0).expect("a time");
        let mut kept = Kept { expires_at: at(60), used_at: None };
        for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (second, expected) = line.split_once('|').expect("a second and an answer");
            let now = at(second.trim().parse().expect("a number"));
            let verdict = decide(kept, now);
            if verdict == Verdict::Opens {
                kept.used_at = Some(now);
            }
            assert_eq!(format!("{verdict:?}"), expected.trim(), "{line}");
        }
    }

    #[test]
    fn it_opens_once_in_its_time() {
        check(
            "
            59 | Opens
            59 | Used
            61 | Used
            ",
        );
        check("60 | RunOut");
        check(
            "
            0  | Opens
            0  | Used
            ",
        );
    }

    #[test]
    fn a_mailbox_is_not_filled() {
        assert!(may_send(0) && may_send(4));
        assert!(!may_send(5) && !may_send(6));
    }
}
