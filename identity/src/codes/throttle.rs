//! How often codes are sent to one address: nobody's inbox is filled by strangers, and guesses are few even over many codes.
//! Pure.

use chrono::TimeDelta;
use engine::clock::Timestamp;

pub const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);
pub const PER_HOUR: usize = 5;
pub(super) const WINDOW: TimeDelta = TimeDelta::hours(1);

/// From when on another code may be sent, when the last ones were sent at `sent` (newest first). At or before `now`: at once.
pub(super) fn next_at(sent: &[Timestamp], now: Timestamp) -> Timestamp {
    let after_the_last = sent.first().map(|last| *last + AGAIN_AFTER);
    let after_the_window = sent.get(PER_HOUR - 1).map(|fifth| *fifth + WINDOW);
    after_the_last.max(after_the_window).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_767_268_800 + seconds, 0).expect("a time")
    }

    /// Each line: at which second somebody asks, and for how many seconds they are told to wait.
    fn check(story: &str) {
        let mut sent: Vec<Timestamp> = Vec::new();
        for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (asked, wait) = line.split_once('|').expect("second | answer");
            let now = at(asked.trim().parse().expect("a second"));
            let next = next_at(&sent, now);
            let told = if next <= now {
                sent.insert(0, now);
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
}
