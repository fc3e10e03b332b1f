//! How often codes are sent to one address: nobody's inbox is filled by strangers, and guesses are few even over many codes.
//! Pure.

use chrono::TimeDelta;
use engine::clock::Timestamp;

pub const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);
/// For one network. Whoever asks for codes for somebody else's address is told to wait; its owner, who is elsewhere, is not.
pub const PER_HOUR: usize = 5;
/// From wherever they are asked for: nobody's inbox is filled.
pub(super) const PER_HOUR_IN_ALL: usize = 20;
pub(super) const WINDOW: TimeDelta = TimeDelta::hours(1);

/// A code that was sent to the address.
#[derive(Debug, Clone, Copy)]
pub(super) struct SentBefore {
    pub(super) at: Timestamp,
    /// Where it was asked for is where the next one is.
    pub(super) from_here: bool,
}

/// From when on another code may be sent, when these were (newest first). At or before `now`: at once.
pub(super) fn next_at(sent: &[SentBefore], now: Timestamp) -> Timestamp {
    let own = |n: usize| sent.iter().filter(|sent| sent.from_here).nth(n).map(|sent| sent.at);
    let after_the_last = own(0).map(|last| last + AGAIN_AFTER);
    let after_the_window = own(PER_HOUR - 1).map(|fifth| fifth + WINDOW);
    let after_all = sent.get(PER_HOUR_IN_ALL - 1).map(|first| first.at + WINDOW);
    after_the_last.max(after_the_window).max(after_all).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_767_268_800 + seconds, 0).expect("a time")
    }

    /// Each line: at which second somebody asks from where, and for how many seconds they are told to wait.
    fn check(story: &str) {
        let mut sent: Vec<(Timestamp, &str)> = Vec::new();
        for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (asked, wait) = line.split_once('|').expect("second | answer");
            let (second, here) = asked.trim().split_once(' ').unwrap_or((asked.trim(), "home"));
            let now = at(second.parse().expect("a second"));
            let before: Vec<_> = sent.iter().map(|&(at, from)| SentBefore { at, from_here: from == here }).collect();
            let next = next_at(&before, now);
            let told = if next <= now {
                sent.insert(0, (now, here));
                "sent".to_owned()
            } else {
                format!("wait {}", (next - now).num_seconds())
            };
            assert_eq!(told, wait.trim(), "at {asked} of {story}");
        }
    }

    #[test]
    fn once_a_minute_and_five_times_an_hour() {
        check(
            "
            0    | sent
            0    | wait 60
            59   | wait 1
            60   | sent
            120  | sent
            200  | sent
            300  | sent
            360  | wait 3240
            3599 | wait 1
            3600 | sent
            3659 | wait 1
            3660 | sent
            ",
        );
    }

    #[test]
    fn a_stranger_s_asking_is_the_stranger_s() {
        check(
            "
            0 abroad  | sent
            1 abroad  | wait 59
            1         | sent
            60 abroad | sent
            61        | sent
            ",
        );
        let everywhere: String = (0..20).map(|n| format!("{n} network-{n} | sent\n")).collect();
        check(&format!("{everywhere} 20 home | wait 3580\n 3600 home | sent"));
    }
}
