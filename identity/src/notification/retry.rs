//! When a message that was not delivered is tried again. Pure.

use chrono::TimeDelta;
use engine::clock::Timestamp;

/// After the first, second, ... attempt.
const GAPS: [TimeDelta; 7] = [
    TimeDelta::seconds(5),
    TimeDelta::seconds(30),
    TimeDelta::minutes(2),
    TimeDelta::minutes(10),
    TimeDelta::hours(1),
    TimeDelta::hours(4),
    TimeDelta::hours(12),
];

/// The next attempt after `attempts` of them. `None`: it is given up, because that is enough or nobody needs it by then.
pub(super) fn next_attempt(attempts: i32, now: Timestamp, useless_after: Timestamp) -> Option<Timestamp> {
    let gap = usize::try_from(attempts).ok().and_then(|made| GAPS.get(made.checked_sub(1)?))?;
    Some(now + *gap).filter(|next| *next < useless_after)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_gaps_grow_until_it_is_given_up() {
        let now = DateTime::from_timestamp(1_767_268_800, 0).expect("a time");
        let far = now + TimeDelta::days(9);
        let gaps: Vec<_> =
            (1..=8).map(|made| next_attempt(made, now, far).map(|next| (next - now).num_seconds())).collect();
        assert_eq!(gaps, [Some(5), Some(30), Some(120), Some(600), Some(3_600), Some(14_400), Some(43_200), None]);
        assert_eq!(next_attempt(0, now, far), None, "an attempt was made");
    }

    #[test]
    fn a_code_that_has_run_out_by_then_is_not_sent() {
        let now = DateTime::from_timestamp(1_767_268_800, 0).expect("a time");
        let soon = now + TimeDelta::minutes(5);
        assert_eq!(next_attempt(3, now, soon), Some(now + TimeDelta::minutes(2)));
        assert_eq!(next_attempt(4, now, soon), None);
        assert_eq!(next_attempt(1, soon, soon), None);
    }
}
