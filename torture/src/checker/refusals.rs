//! PURE. "Sold out" and "you have all you may have" were true at the change that they name, and that change was not older than
//! what the buyer could know.

use std::collections::HashMap;

use uuid::Uuid;

use super::facts::Facts;
use super::finding::Finding;
use crate::notes::{Claim, Heard, Intent, Limit, Short};

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
    for short in facts.claims.iter().flat_map(shorts) {
        let there = facts.variants.get(short.sku.as_str()).and_then(|variant| sellable.get(&(*variant, short.seq)));
        if there != Some(&short.available) || short.requested <= short.available {
            let says = format!("{short:?}: at that change there were {there:?}");
            findings.push(Finding::new("refusal-true", says));
        }
    }
}

/// What a buyer has of something with a limit is what their orders took of it and did not give back.
pub(super) fn limits_were_true(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let limits: HashMap<Uuid, Option<i64>> =
        facts.books.variants.iter().map(|variant| (variant.id, variant.limit)).collect();
    for claim in facts.claims {
        let Intent::Order { buyer, .. } = &claim.intent else { continue };
        for limit in limits_of(claim) {
            let variant = facts.variants.get(limit.sku.as_str());
            let has = variant.map(|variant| taken(facts, *variant, *buyer, limit.seq));
            let max = variant.and_then(|variant| limits.get(variant).copied().flatten());
            if has != Some(limit.already) || max != Some(limit.limit) || limit.already + limit.requested <= limit.limit
            {
                let says = format!("{limit:?} of {buyer}: at that change they had {has:?} of {max:?}");
                findings.push(Finding::new("refusal-true", says));
            }
        }
    }
}

/// How much a buyer had of it after this change.
fn taken(facts: &Facts<'_>, variant: Uuid, buyer: Uuid, until: i64) -> i64 {
    let entries = facts.ledger.get(&variant).into_iter().flatten().take_while(|entry| entry.seq <= until);
    let own = entries.filter(|entry| {
        entry.order.and_then(|order| facts.orders.get(&order)).is_some_and(|order| order.principal == buyer)
    });
    // A hold that is confirmed is reserved no more and has left the shelf: it is still theirs.
    own.map(|entry| entry.reserved - entry.on_hand).sum()
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
        heard.extend(refusals(facts).filter(|told| told.sku == *sku).map(|told| (told.heard_us, told.seq)));
        heard.sort_unstable();
        let mut highest = 0;
        for (_, seq) in &mut heard {
            highest = highest.max(*seq);
            *seq = highest;
        }
        for told in refusals(facts).filter(|told| told.sku == *sku) {
            let before = heard.partition_point(|(at_us, _)| *at_us < told.asked_us);
            let known = before.checked_sub(1).map_or(0, |last| heard[last].1);
            if told.seq < known {
                let says = format!("{told:?} was asked when change {known} had been heard of");
                findings.push(Finding::new("refusal-stale", says));
            }
        }
    }
}

/// Which change a refusal rests on; when it was first asked for and when it was heard.
#[derive(Debug)]
struct Told<'a> {
    asked_us: i64,
    heard_us: i64,
    sku: &'a str,
    seq: i64,
}

fn refusals<'a>(facts: &Facts<'a>) -> impl Iterator<Item = Told<'a>> {
    facts.claims.iter().flat_map(|claim| {
        claim.heard.iter().flat_map(move |(heard_us, heard)| {
            let told = |sku, seq| Told { asked_us: claim.asked_us, heard_us: *heard_us, sku, seq };
            let (short, limit) = rests_on(heard);
            let shorts = short.iter().map(move |short| told(&*short.sku, short.seq));
            shorts.chain(limit.map(|limit| told(&*limit.sku, limit.seq)))
        })
    })
}

fn shorts(claim: &Claim) -> impl Iterator<Item = &Short> {
    claim.heard.iter().flat_map(|(_, heard)| rests_on(heard).0)
}

fn limits_of(claim: &Claim) -> impl Iterator<Item = &Limit> {
    claim.heard.iter().filter_map(|(_, heard)| rests_on(heard).1)
}

fn rests_on(heard: &Heard) -> (&[Short], Option<&Limit>) {
    match heard {
        Heard::Refused { short, limit, .. } => (short, limit.as_ref()),
        Heard::Done { .. } | Heard::Unclear { .. } | Heard::Wrong { .. } => (&[], None),
    }
}
