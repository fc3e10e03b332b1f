//! Sendings of one request, joined: one of them stands for all. What was done was asked for when the first was sent. So was
//! what was refused, as long as a refusal is remembered.

use super::{Finding, Findings};
use crate::history::call::{Answer, Call, History, Verb};

/// How long the shop tells a repeat what it refused (ns).
const REMEMBERED: u64 = 30_000_000_000;

pub(super) fn join(history: &mut History, findings: &mut Findings) {
    let calls = &history.calls;
    let mut order: Vec<u32> = (0..).zip(calls).filter(|(_, call)| call.verb != Verb::Level).map(|(at, _)| at).collect();
    order.sort_unstable_by_key(|at| {
        let call = &calls[*at as usize];
        (call.key, call.verb, call.asked)
    });
    let same = |one: &u32, next: &u32| {
        let (one, next) = (&calls[*one as usize], &calls[*next as usize]);
        (one.key, one.verb) == (next.key, next.verb)
    };
    let groups: Vec<&[u32]> = order.chunk_by(same).filter(|group| group.len() > 1).collect();
    let mut joined = Vec::new();
    for group in groups {
        joined.extend(join_group(history, group, findings));
    }
    for (at, call) in joined {
        history.calls[at as usize] = call;
    }
}

/// The calls of the group as they are from now on. The first was asked first.
fn join_group(history: &History, group: &[u32], findings: &mut Findings) -> Vec<(u32, Call)> {
    let all = || group.iter().map(|at| (*at, &history.calls[*at as usize]));
    let asked = all().map(|(_, call)| call.asked).min().unwrap_or(0);
    let done = || all().filter(|(_, call)| call.answer == Answer::Done);
    let is_refused = |call: &Call| matches!(call.answer, Answer::Refused | Answer::Declined);
    let refused = all().any(|(_, call)| is_refused(call));
    let kept = match done().min_by_key(|(_, call)| call.answered) {
        Some((first, acknowledged)) => {
            if refused {
                findings.add(Finding::RefusedAndDone { verb: acknowledged.verb, key: acknowledged.key });
            }
            if done().any(|(_, other)| !same_lines(history, acknowledged, other)) {
                findings.add(Finding::ReplayDiffers { verb: acknowledged.verb, key: acknowledged.key });
            }
            Some(first)
        }
        None if refused => None,
        None => group.first().copied(),
    };
    let from_now_on = |(at, call): (u32, &Call)| {
        let stands = kept == Some(at) || (kept.is_none() && is_refused(call));
        let mut call = *call;
        match stands {
            // A repeat may be told what was decided when the first came, or another one, but not for ever.
            true if is_refused(&call) => call.asked = asked.max(call.asked.saturating_sub(REMEMBERED)),
            true => call.asked = asked,
            false => call.answer = Answer::Joined,
        }
        (at, call)
    };
    all().map(from_now_on).collect()
}

fn same_lines(history: &History, one: &Call, other: &Call) -> bool {
    let told = |call| history.lines_of(call).iter().map(|line| (line.account, line.quantity, line.seq));
    told(one).eq(told(other))
}
