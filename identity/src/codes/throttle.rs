//! How often codes are sent to one address: nobody's inbox is filled by strangers, and guesses are few even over many codes.
//! Pure.

use chrono::TimeDelta;
use engine::clock::Timestamp;

pub const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);
/// For one asker.
pub const PER_HOUR: usize = 5;
/// For all that are strangers to the address: nobody's inbox is filled. Many networks can use them up, and then its owner gets
/// a code only on a device that is known to be theirs.
const PER_HOUR_IN_ALL: usize = 20;
pub(super) const WINDOW: TimeDelta = TimeDelta::hours(1);
/// As many of the last ones are looked at.
pub(super) const MATTER: usize = PER_HOUR_IN_ALL + PER_HOUR;

/// Who asks for a code. Whoever asks for somebody else's is told to wait; its owner, who is elsewhere, is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// Somebody there.
    Network([u8; 9]),
    /// Whoever proved that the address is theirs before, on whichever device.
    KnownDevice,
}

impl Asker {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Network(network) => network,
            Self::KnownDevice => &[],
        }
    }
}

/// A code that was sent to the address.
#[derive(Debug, Clone, Copy)]
pub(super) struct SentBefore {
    pub(super) at: Timestamp,
    /// Whoever asked for it asks for the next one.
    pub(super) by_the_same: bool,
}

/// From when on another code may be sent, when these were (newest first). At or before `now`: at once.
pub(super) fn next_at(sent: &[SentBefore], asker: Asker, now: Timestamp) -> Timestamp {
    let own = |n: usize| sent.iter().filter(|sent| sent.by_the_same).nth(n).map(|sent| sent.at);
    let after_the_last = own(0).map(|last| last + AGAIN_AFTER);
    let after_the_window = own(PER_HOUR - 1).map(|fifth| fifth + WINDOW);
    let after_all = match asker {
        Asker::Network(_) => sent.get(PER_HOUR_IN_ALL - 1).map(|first| first.at + WINDOW),
        Asker::KnownDevice => None,
    };
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
            let asker = if here == "known" { Asker::KnownDevice } else { Asker::Network([4; 9]) };
            let before: Vec<_> = sent.iter().map(|&(at, from)| SentBefore { at, by_the_same: from == here }).collect();
            let next = next_at(&before, asker, now);
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
        check(&format!("{everywhere} 20 known | sent\n 21 known | wait 59\n 80 known | sent\n 80 home | wait 3522"));
    }
}
