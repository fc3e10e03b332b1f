//! All or nothing, at one moment: whoever changes several accounts comes before another at all that both change, or after it
//! at all. So the numbers of all accounts together give one order of such calls, or run in a circle.
//!
//! The calls that change one account only do not matter here: a circle that leads through them also leads past them.

use super::spots::Spot;
use super::{Finding, Findings};
use crate::history::call::{History, Verb};

pub(super) fn check(spots: &[Spot], history: &History, findings: &mut Findings) {
    let follows = edges(spots, history);
    if let Some(circle) = circle(&follows, history.calls.len()) {
        let keys = circle.into_iter().map(|call| history.calls[call as usize].key).collect();
        findings.add(Finding::Crossed { keys });
    }
}

/// Which call comes right before which at an account, of those that change several; sorted.
fn edges(spots: &[Spot], history: &History) -> Vec<(u32, u32)> {
    let call_of = |spot: &Spot| history.lines[spot.line as usize].call;
    let at_several = |call: &u32| {
        let call = &history.calls[*call as usize];
        let lines = history.lines_of(call);
        call.verb != Verb::Level && lines.iter().any(|line| line.account != lines[0].account)
    };
    let mut edges = Vec::new();
    for own in spots.chunk_by(|one, next| one.account == next.account) {
        let mut calls: Vec<u32> = own.iter().filter(|spot| !spot.reads()).map(call_of).filter(at_several).collect();
        // Two lines of one call.
        calls.dedup();
        edges.extend(calls.windows(2).map(|pair| (pair[0], pair[1])));
    }
    edges.sort_unstable();
    edges
}

/// One of the circles, if there are any: whoever nobody comes before is taken away, until nobody is left or all of those who
/// are have somebody before them.
fn circle(edges: &[(u32, u32)], calls: usize) -> Option<Vec<u32>> {
    if edges.is_empty() {
        return None;
    }
    let (mut before, mut after) = (vec![0_u32; calls], vec![0_u32; calls]);
    for (from, to) in edges {
        after[*from as usize] += 1;
        before[*to as usize] += 1;
    }
    // Where the edges of each begin.
    let begins: Vec<usize> = after
        .iter()
        .scan(0, |next, own| {
            let begins = *next;
            *next += *own as usize;
            Some(begins)
        })
        .collect();
    let mut left = edges.len();
    let mut free: Vec<u32> = (0..).zip(&before).filter(|(_, before)| **before == 0).map(|(call, _)| call).collect();
    while let Some(call) = free.pop() {
        let own = begins[call as usize]..begins[call as usize] + after[call as usize] as usize;
        for (_, next) in &edges[own] {
            left -= 1;
            before[*next as usize] -= 1;
            if before[*next as usize] == 0 {
                free.push(*next);
            }
        }
    }
    if left == 0 {
        return None;
    }
    let mut back = vec![None; calls];
    for (from, to) in edges {
        // Whoever is left has been left by somebody who is.
        if before[*from as usize] > 0 && before[*to as usize] > 0 {
            back[*to as usize] = Some(*from);
        }
    }
    let mut walk: Vec<u32> = Vec::new();
    let mut at = edges.iter().map(|(_, to)| *to).find(|to| before[*to as usize] > 0)?;
    let mut seen = vec![false; calls];
    while !seen[at as usize] {
        seen[at as usize] = true;
        walk.push(at);
        at = back[at as usize]?;
    }
    let begins = walk.iter().position(|call| *call == at)?;
    let mut circle = walk.split_off(begins);
    circle.reverse();
    Some(circle)
}
