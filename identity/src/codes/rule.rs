//! How often and for how long a code may be tried. Pure; `store::count_try` is the same as one statement.

use chrono::TimeDelta;
use engine::clock::Timestamp;

pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);
pub const TRIES: i32 = 5;

/// A code that was sent, as far as trying it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) expires_at: Timestamp,
    pub(super) tries: i32,
    pub(super) used: bool,
}

/// Why a code may not be tried any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Closed {
    #[error("the code was used")]
    Used,
    #[error("the code is too old")]
    Expired,
    #[error("the code was guessed at too often")]
    Exhausted,
}

impl Standing {
    pub(super) fn sent(now: Timestamp) -> Self {
        Self { expires_at: now + LIFETIME, tries: 0, used: false }
    }

    pub(super) fn closed(&self, now: Timestamp) -> Option<Closed> {
        if self.used {
            return Some(Closed::Used);
        }
        if self.expires_at <= now {
            return Some(Closed::Expired);
        }
        (self.tries >= TRIES).then_some(Closed::Exhausted)
    }

    /// How many tries are left after this one.
    #[cfg(test)]
    fn count_try(&mut self, now: Timestamp) -> Result<i32, Closed> {
        if let Some(closed) = self.closed(now) {
            return Err(closed);
        }
        self.tries += 1;
        Ok(TRIES - self.tries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    /// The same stories are told to PostgreSQL, in the tests of this crate.
    #[test]
    fn a_code_is_good_once_for_five_minutes_and_five_tries() {
        let sent = DateTime::from_timestamp(1_767_268_800, 0).expect("a time");
        let (mut standing, mut told) = (Standing::sent(sent), 0);
        for line in include_str!("stories.txt").lines().filter(|line| !line.starts_with('#')) {
            let Some((shown, answer)) = line.split_once('|') else {
                standing = Standing::sent(sent);
                continue;
            };
            let (second, code) = shown.trim().split_once(' ').expect("second and code");
            let now = sent + TimeDelta::seconds(second.parse().expect("a second"));
            let said = match (standing.count_try(now), code.trim()) {
                (Err(Closed::Used), _) => "used".to_owned(),
                (Err(Closed::Expired), _) => "expired".to_owned(),
                (Err(Closed::Exhausted), _) => "exhausted".to_owned(),
                (Ok(_), "right") => {
                    standing.used = true;
                    "in".to_owned()
                }
                (Ok(left), _) => format!("{left} left"),
            };
            assert_eq!(said, answer.trim(), "{line}");
            told += 1;
        }
        assert_eq!(told, 22);
    }
}
