//! PURE. What becomes of a refresh token that is shown: replaced, answered as before, or taken for stolen.
//!
//! ```text
//!  0 ---shown---> 1 ---shown---> 2          each replaces the one before it
//!  |              |
//!  shown again    shown again
//!  within 30 s:   within 30 s of its making: is handed out again, not replaced
//!  1 once more    (so no two are replaced within 30 s, and whoever is late has missed one at most)
//!  later: somebody has a copy; all of the family end
//! ```

use chrono::TimeDelta;
use engine::clock::Timestamp;

/// Two tabs of one browser, or a request that is sent again because its answer was lost.
pub const GRACE: TimeDelta = TimeDelta::seconds(30);

/// All that is known of the tokens of one sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The number of the newest.
    pub newest: i32,
    /// When the newest replaced the one before it.
    pub rotated_at: Option<Timestamp>,
    pub expires_at: Timestamp,
    pub is_ended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is replaced by the next.
    Rotate,
    /// The newest is handed out again.
    SameAgain,
    /// It was replaced long ago: whoever shows it, or whoever showed it then, is not its owner.
    Stolen,
    /// The session has ended or run out.
    Over,
    /// There never was one of this number.
    Unknown,
}

/// `shown` is the number of a token that is genuine.
pub fn decide(family: Family, shown: i32, now: Timestamp) -> Verdict {
    if family.is_ended || family.expires_at <= now {
        return Verdict::Over;
    }
    let is_fresh = family.rotated_at.is_some_and(|at| now < at + GRACE);
    match family.newest.checked_sub(shown) {
        Some(0) if is_fresh => Verdict::SameAgain,
        Some(0) => Verdict::Rotate,
        Some(1) if is_fresh => Verdict::SameAgain,
        Some(behind) if behind > 0 => Verdict::Stolen,
        Some(_) | None => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    /// Each line: when, which token is shown, and what comes of it. Lives for 100 s from each rotation.
    fn check(story: &str) {
        let mut family = Family { newest: 0, rotated_at: None, expires_at: at(100), is_ended: false };
        for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (said, expected) = line.split_once('|').expect("a command and its answer");
            let words: Vec<&str> = said.split_whitespace().collect();
            let now = at(words[0].parse().expect("a second"));
            if words[1] == "end" {
                family.is_ended = true;
                continue;
            }
            let verdict = decide(family, words[1].parse().expect("a number"), now);
            match verdict {
                Verdict::Rotate => {
                    family.newest += 1;
                    family.rotated_at = Some(now);
                    family.expires_at = now + TimeDelta::seconds(100);
                }
                Verdict::Stolen => family.is_ended = true,
                Verdict::SameAgain | Verdict::Over | Verdict::Unknown => {}
            }
            assert_eq!(format!("{verdict:?}, {}", family.newest), expected.trim(), "{line}");
        }
    }

    #[test]
    fn each_is_replaced_by_the_next() {
        check(
            "
            0   0 | Rotate, 1
            30  1 | Rotate, 2
            60  2 | Rotate, 3
            ",
        );
    }

    #[test]
    fn two_tabs_get_the_same_successor_for_half_a_minute() {
        check(
            "
            10  0 | Rotate, 1
            10  0 | SameAgain, 1
            39  0 | SameAgain, 1
            40  0 | Stolen, 1
            ",
        );
    }

    #[test]
    fn a_fresh_one_is_not_replaced_so_that_nobody_falls_two_behind() {
        check(
            "
            10  0 | Rotate, 1
            15  1 | SameAgain, 1
            20  0 | SameAgain, 1
            40  1 | Rotate, 2
            41  1 | SameAgain, 2
            ",
        );
    }

    #[test]
    fn an_old_one_ends_the_family_and_the_newest_with_it() {
        check(
            "
            10  0 | Rotate, 1
            50  1 | Rotate, 2
            51  0 | Stolen, 2
            52  2 | Over, 2
            52  0 | Over, 2
            ",
        );
    }

    #[test]
    fn nothing_is_given_for_what_ended_or_ran_out_or_never_was() {
        check(
            "
            10  0 | Rotate, 1
            11  2 | Unknown, 1
            11  -1 | Stolen, 1
            ",
        );
        check(
            "
            99  0 | Rotate, 1
            199 1 | Over, 1
            ",
        );
        check("100 0 | Over, 0");
        check(
            "
            1 end |
            2   0 | Over, 0
            ",
        );
        let family = Family { newest: i32::MIN, rotated_at: None, expires_at: at(1), is_ended: false };
        assert_eq!(decide(family, i32::MAX, at(0)), Verdict::Unknown);
    }

    #[test]
    fn a_clock_that_is_behind_does_not_take_tabs_for_thieves() {
        let family = Family { newest: 1, rotated_at: Some(at(10)), expires_at: at(100), is_ended: false };
        assert_eq!(decide(family, 0, at(8)), Verdict::SameAgain);
    }
}
