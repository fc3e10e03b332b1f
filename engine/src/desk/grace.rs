//! PURE: who is spared after an outage. While the cell was out of reach, holds went on running out, and their buyers could
//! not pay: they get a minute. What ran out before or since is due as ever, and does not wait behind them.

use chrono::TimeDelta;

use crate::clock::Timestamp;
use crate::journal::{LONG, Outage};
use crate::mutant::{Mutant, is_on};

/// How long buyers get after an outage that was too long to count against them.
const GRACE: TimeDelta = TimeDelta::seconds(60);

/// Out of `(after, until]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) after: Timestamp,
    pub(super) until: Timestamp,
}

/// When an order must have run out to be due at `now`: ascending spans, with gaps where it is spared.
pub(super) fn due(outages: &[Outage], now: Timestamp) -> Vec<Span> {
    let now = if is_on(Mutant::ExpiresTooEarly) { now + TimeDelta::seconds(2) } else { now };
    let mut spared: Vec<&Outage> = outages
        .iter()
        .filter(|outage| {
            !is_on(Mutant::NoGraceAfterAnOutage)
                && outage.up_since.signed_duration_since(outage.down_since) > LONG
                && now.signed_duration_since(outage.up_since) < GRACE
        })
        .collect();
    spared.sort_by_key(|outage| outage.down_since);
    let mut spans = Vec::with_capacity(spared.len() + 1);
    let mut after = Timestamp::UNIX_EPOCH;
    for outage in spared {
        if after < outage.down_since {
            spans.push(Span { after, until: outage.down_since.min(now) });
        }
        after = after.max(outage.up_since);
    }
    if after < now {
        spans.push(Span { after, until: now });
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(second, 0).expect("in range")
    }

    fn check(outages: &[(i64, i64)], now: i64, expected: &[(i64, i64)]) {
        let outages: Vec<_> =
            outages.iter().map(|(down, up)| Outage { down_since: at(*down), up_since: at(*up) }).collect();
        let spans: Vec<_> =
            due(&outages, at(now)).into_iter().map(|span| (span.after.timestamp(), span.until.timestamp())).collect();
        assert_eq!(spans, expected, "{outages:?} at {now}");
    }

    #[test]
    fn what_ran_out_during_a_long_stop_gets_a_minute() {
        check(&[], 300, &[(0, 300)]);
        check(&[(100, 200)], 201, &[(0, 100), (200, 201)]);
        check(&[(100, 200)], 259, &[(0, 100), (200, 259)]);
        check(&[(100, 200)], 260, &[(0, 260)]);
        check(&[(100, 105)], 106, &[(0, 106)]);
        check(&[(100, 200)], 200, &[(0, 100)]);
    }

    #[test]
    fn each_of_several_stops_counts_for_itself() {
        check(&[(100, 110), (130, 150)], 160, &[(0, 100), (110, 130), (150, 160)]);
        check(&[(100, 110), (130, 150)], 175, &[(0, 130), (150, 175)]);
        check(&[(100, 150), (130, 140)], 160, &[(0, 100), (150, 160)]);
        check(&[(130, 150), (100, 110)], 160, &[(0, 100), (110, 130), (150, 160)]);
    }
}
