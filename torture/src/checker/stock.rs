//! PURE. Stock: what is reserved is held, what is there is what the ledger says, and every change has its number.

use std::collections::{BTreeMap, HashMap};

use super::facts::Facts;
use super::finding::Finding;
use crate::notes::Intent;

pub(super) fn reserved_is_held(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut held = BTreeMap::new();
    for level in &facts.books.levels {
        held.insert(level.variant, (level.reserved, 0));
    }
    for hold in facts.books.holds.iter().filter(|hold| hold.state == "held") {
        held.entry(hold.variant).or_insert((0, 0)).1 += hold.quantity;
    }
    for (variant, (reserved, held)) in held {
        if reserved != held {
            findings.push(Finding::new("reserved-is-held", format!("{variant}: {reserved} reserved, {held} held")));
        }
    }
}

pub(super) fn level_is_ledger(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut levels: BTreeMap<_, _> = facts.ledger.keys().map(|variant| (*variant, (0, 0))).collect();
    levels.extend(facts.books.levels.iter().map(|level| (level.variant, (level.on_hand, level.reserved))));
    for (variant, level) in levels {
        let entries = facts.ledger.get(&variant).map_or(&[][..], Vec::as_slice);
        let sums = entries.iter().fold((0, 0), |sums, entry| (sums.0 + entry.on_hand, sums.1 + entry.reserved));
        if level != sums {
            let says = format!("{variant}: (on hand, reserved) is {level:?}, the ledger sums up to {sums:?}");
            findings.push(Finding::new("level-is-ledger", says));
        }
    }
}

/// At every instant, and what was sold or is held was there.
pub(super) fn never_oversold(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for (variant, entries) in &facts.ledger {
        let (mut on_hand, mut reserved) = (0, 0);
        for entry in entries {
            on_hand += entry.on_hand;
            reserved += entry.reserved;
            if reserved < 0 || reserved > on_hand {
                let says = format!("{variant}: after change {}, {on_hand} on hand and {reserved} reserved", entry.seq);
                findings.push(Finding::new("never-oversold", says));
                break;
            }
        }
    }
}

pub(super) fn numbered_without_gaps(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |says: String| findings.push(Finding::new("seq-gapless", says));
    for level in &facts.books.levels {
        let seqs = facts.ledger.get(&level.variant).into_iter().flatten().map(|entry| entry.seq);
        if !seqs.clone().eq(1..=level.seq) {
            let gap = seqs.zip(1..).find(|(seq, expected)| seq != expected);
            found(format!("{}: seq is {}, the ledger goes astray at {gap:?}", level.variant, level.seq));
        }
    }
    // The number in a line is that of the change that promised it.
    let promises: HashMap<_, _> =
        facts.books.ledger.iter().filter_map(|entry| Some(((entry.variant, entry.seq), entry.order?))).collect();
    for line in &facts.books.lines {
        if promises.get(&(line.variant, line.seq)) != Some(&line.order) {
            found(format!("{line:?}: that change is not this order's"));
        }
    }
}

/// A delivery that was acknowledged was entered once, one that was refused never, and none twice.
pub(super) fn changes_are_as_told(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut entered: HashMap<&str, Vec<_>> = HashMap::new();
    for entry in &facts.books.ledger {
        if let Some(reference) = &entry.reference {
            entered.entry(reference).or_default().push(entry);
        }
    }
    for claim in facts.claims {
        let Intent::Stock { key, sku, delta } = &claim.intent else { continue };
        let entries = entered.remove(key.as_str()).unwrap_or_default();
        let is_right = entries.iter().all(|entry| {
            facts.variants.get(sku.as_str()) == Some(&entry.variant) && entry.on_hand == *delta && entry.reserved == 0
        });
        let times_are_right = match (claim.is_acknowledged(), claim.is_refused()) {
            (true, _) => entries.len() == 1,
            (false, true) if !claim.fell_apart() => entries.is_empty(),
            (false, true | false) => entries.len() <= 1,
        };
        if !is_right || !times_are_right {
            let says = format!("{delta:+} {sku} (key {key}, heard {:?}) is {entries:?} in the ledger", claim.heard);
            findings.push(Finding::new("stock-as-told", says));
        }
    }
    for (reference, entries) in entered {
        if !reference.starts_with("opening-") {
            findings.push(Finding::new("stock-as-told", format!("nobody asked for {entries:?}")));
        }
    }
}
