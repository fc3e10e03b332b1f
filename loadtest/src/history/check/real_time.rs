//! The order of the numbers against time: what had been answered before something was asked for stands before it.
//!
//! From the last number down, the earliest answer among all that stand higher is enough to know: whoever was asked for only
//! after that answer stands too low.

use super::spots::Spot;
use super::{Finding, Findings};
use crate::history::call::{Call, History, Line};

pub(super) fn check(spots: &[Spot], history: &History, findings: &mut Findings) {
    let mut earliest: Option<(u64, Spot)> = None;
    for level in spots.chunk_by(|one, next| one.position == next.position).rev() {
        for &spot in level {
            let (_, call) = of(spot, history);
            if let Some((answered, higher)) = earliest
                && answered < call.asked
            {
                findings.add(finding(spot, higher, history));
            }
        }
        for &spot in level {
            let (_, call) = of(spot, history);
            if earliest.is_none_or(|(answered, _)| call.answered < answered) {
                earliest = Some((call.answered, spot));
            }
        }
    }
}

fn finding(lower: Spot, higher: Spot, history: &History) -> Finding {
    let account = history.name(lower.account);
    let key = |spot| of(spot, history).1.key;
    match (lower.reads(), higher.reads()) {
        (false, false) => {
            Finding::OutOfOrder { account, earlier: (key(higher), higher.seq()), later: (key(lower), lower.seq()) }
        }
        (true, _) => Finding::Stale { account, key: key(lower), seq: lower.seq(), known: higher.seq() },
        (false, true) => Finding::FromTheFuture { account, key: key(higher), seq: higher.seq(), change: lower.seq() },
    }
}

fn of(spot: Spot, history: &History) -> (&Line, &Call) {
    let line = &history.lines[spot.line as usize];
    (line, history.call_of(line))
}
