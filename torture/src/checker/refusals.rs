//! PURE. "Sold out" was true at the change that it names, and that change was not older than what the buyer could know.

use std::collections::HashMap;

use uuid::Uuid;

use super::facts::Facts;
use super::finding::Finding;
use crate::notes::{Heard, Short};

pub(super) fn were_true(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut sellable: HashMap<(Uuid, i64), i64> = HashMap::new();
    for (variant, entries) in &facts.ledger {
        let mut left = 0;
        sellable.insert((*variant, 0), 0);
        for entry in entries {
            left += entry.on_hand - entry.reserved;
            sellable.insert((*variant, entry.seq), left);
        }
    }
    for (_, short) in refusals(facts) {
        let there = facts.variants.get(short.sku.as_str()).and_then(|variant| sellable.get(&(*variant, short.seq)));
        if there != Some(&short.available) || short.requested <= short.available {
            let says = format!("{short:?}: at that change there were {there:?}");
            findings.push(Finding::new("refusal-true", says));
        }
    }
}

/// Who was answered before another asked has seen an older shop, or the same.
pub(super) fn were_not_stale(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for sku in facts.variants.keys() {
        // (when it was heard, seq), and the highest seq heard so far.
        let mut heard: Vec<(i64, i64)> = Vec::new();
        for claim in facts.claims {
            for (at_us, answer) in &claim.heard {
                if let Heard::Done { placed: Some(placed), .. } = answer {
                    heard.extend(placed.lines.iter().filter(|line| line.sku == *sku).map(|line| (*at_us, line.seq)));
                }
            }
        }
        heard.extend(
            refusals(facts).filter(|(_, short)| short.sku == *sku).map(|((_, at_us), short)| (at_us, short.seq)),
        );
        heard.sort_unstable();
        let mut highest = 0;
        for (_, seq) in &mut heard {
            highest = highest.max(*seq);
            *seq = highest;
        }
        for ((asked_us, _), short) in refusals(facts).filter(|(_, short)| short.sku == *sku) {
            let before = heard.partition_point(|(at_us, _)| *at_us < asked_us);
            let known = before.checked_sub(1).map_or(0, |last| heard[last].1);
            if short.seq < known {
                let says = format!("{short:?} was asked when change {known} had been heard of");
                findings.push(Finding::new("refusal-stale", says));
            }
        }
    }
}

/// When it was first asked and when it was heard, and what was short.
fn refusals<'a>(facts: &Facts<'a>) -> impl Iterator<Item = ((i64, i64), &'a Short)> {
    facts.claims.iter().flat_map(|claim| {
        claim.heard.iter().flat_map(move |(at_us, heard)| {
            let short = match heard {
                Heard::Refused { short, .. } => short.as_slice(),
                Heard::Done { .. } | Heard::Unclear { .. } | Heard::Wrong { .. } => &[],
            };
            short.iter().map(move |short| ((claim.asked_us, *at_us), short))
        })
    })
}
