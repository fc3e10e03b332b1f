//! PURE. All notes about one request: what its client may claim.

use std::collections::BTreeMap;

use super::{Heard, Intent, Note, Placed};

#[derive(Clone, Debug)]
pub struct Claim {
    pub id: u64,
    pub asked_us: i64,
    pub intent: Intent,
    /// From when to when it was in two windows at once.
    pub twice: Vec<(i64, i64)>,
    /// When, and what.
    pub heard: Vec<(i64, Heard)>,
}

/// By the number of their request.
pub fn claims(notes: impl IntoIterator<Item = Note>) -> Vec<Claim> {
    let mut claims = BTreeMap::new();
    let (mut early, mut windows) = (Vec::new(), Vec::new());
    for note in notes {
        match note {
            Note::Intent { id, at_us, intent } => {
                claims.insert(id, Claim { id, asked_us: at_us, intent, twice: Vec::new(), heard: Vec::new() });
            }
            Note::Twice { id, at_us } => windows.push((id, at_us, true)),
            Note::Once { id, at_us } => windows.push((id, at_us, false)),
            Note::Heard { id, at_us, heard } => early.push((id, at_us, heard)),
        }
    }
    for (id, at_us, heard) in early {
        let claim = claims.get_mut(&id).expect("an intent is written before anything can be heard");
        claim.heard.push((at_us, heard));
    }
    // Each file has them in the order in which they opened and closed.
    for (id, at_us, opens) in windows {
        let twice = &mut claims.get_mut(&id).expect("an intent is written before it is sent").twice;
        match twice.last_mut() {
            Some(open) if !opens => open.1 = at_us,
            _ => twice.push((at_us, i64::MAX)),
        }
    }
    claims.into_values().collect()
}

impl Claim {
    /// Refused only in one of two windows, so that it may have been done in the other. A server remembers what it refused,
    /// for itself: a request that was under way to another one at that moment may still find what has come back since.
    pub fn fell_apart(&self) -> bool {
        let in_two = |at_us: i64| self.twice.iter().any(|(from, to)| (*from..=*to).contains(&at_us));
        self.is_refused() && self.refusals().all(in_two)
    }

    /// When it was refused.
    fn refusals(&self) -> impl Iterator<Item = i64> {
        self.heard.iter().filter(|(_, heard)| matches!(heard, Heard::Refused { .. })).map(|(at_us, _)| *at_us)
    }

    /// Any of the answers said that it was done.
    pub fn is_acknowledged(&self) -> bool {
        self.heard.iter().any(|(_, heard)| matches!(heard, Heard::Done { .. }))
    }

    pub fn is_refused(&self) -> bool {
        self.heard.iter().any(|(_, heard)| matches!(heard, Heard::Refused { .. }))
    }

    /// What was answered to an order, each time that it was.
    pub fn placed(&self) -> impl Iterator<Item = &Placed> {
        self.heard.iter().filter_map(|(_, heard)| match heard {
            Heard::Done { placed, .. } => placed.as_ref(),
            Heard::Refused { .. } | Heard::Unclear { .. } | Heard::Wrong { .. } => None,
        })
    }
}
