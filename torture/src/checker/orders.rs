//! PURE. Orders: what was acknowledged is there once and as it was told, what was refused is not, holds end.

use std::collections::{BTreeMap, HashMap};

use super::Calm;
use super::facts::Facts;
use super::finding::Finding;
use crate::notes::{Claim, Heard, Intent, Line, Payment};

/// A hold that ran out is ended within so long while nothing is wrong.
const PROMPT_US: i64 = 6_000_000;

/// How a shop says that a request came to nothing, or nobody was there to hear it.
const NOTHING_DONE: [&str; 4] = ["503 overloaded", "503 temporarily_unavailable", "503 standing_by", "not sent"];

/// Whoever asks again hears the same; and nobody hears what should never be said.
pub(super) fn answers_agree(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for claim in facts.claims {
        let mut placed = claim.placed();
        if let Some(first) = placed.next()
            && let Some(other) = placed.find(|other| *other != first)
        {
            let says = format!("{}: first {first:?}, then {other:?}", about(claim));
            findings.push(Finding::new("answers-agree", says));
        }
        if claim.is_acknowledged() && claim.is_refused() && !claim.fell_apart() {
            let says = format!("{}: done and refused: {:?}", about(claim), claim.heard);
            findings.push(Finding::new("answers-agree", says));
        }
        for (_, heard) in &claim.heard {
            if let Heard::Wrong { status, body } = heard {
                let says = format!("{}: {status} {body}", about(claim));
                findings.push(Finding::new("answers-known", says));
            }
        }
    }
}

/// Who was told each time that nothing was done must not hear in the end that it was, before.
pub(super) fn nothing_was_nothing(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    // In a second window it may hear of what the first one did a moment before.
    for claim in facts.claims.iter().filter(|claim| claim.twice.is_empty()) {
        let said_nothing = claim.heard.iter().take_while(|(_, heard)| match heard {
            Heard::Unclear { why } => NOTHING_DONE.iter().any(|said| why.starts_with(said)),
            Heard::Done { .. } | Heard::Refused { .. } | Heard::Wrong { .. } => false,
        });
        let before = said_nothing.count();
        if before > 0 && matches!(claim.heard.get(before), Some((_, Heard::Done { replayed: true, .. }))) {
            let says = format!("{}: {:?}", about(claim), &claim.heard[..=before]);
            findings.push(Finding::new("nothing-was-nothing", says));
        }
    }
}

pub(super) fn acknowledged_are_there_once(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |says: String| findings.push(Finding::new("acknowledged-once", says));
    for claim in facts.claims {
        let Intent::Order { key, buyer, lines, grand_minor, payment, .. } = &claim.intent else { continue };
        let orders = facts.orders_by_key.get(key.as_str()).map_or(&[][..], Vec::as_slice);
        if orders.len() > 1 {
            found(format!("{}: {} orders have its key", about(claim), orders.len()));
        }
        // Also one that nobody was told of is what was asked for.
        for order in orders {
            let booked = facts.lines.get(&order.id).map_or(&[][..], Vec::as_slice);
            let there = booked.iter().map(|line| (line.sku.as_str(), line.quantity));
            if summed(there) != summed(asked(lines))
                || order.grand_minor != *grand_minor
                || order.payment != payment.word()
                || order.principal != *buyer
            {
                found(format!(
                    "{}: the books have {booked:?}, {} in all, {}, of {}",
                    about(claim),
                    order.grand_minor,
                    order.payment,
                    order.principal
                ));
            }
        }
        for placed in claim.placed() {
            let Some(order) = facts.orders.get(&placed.order) else {
                found(format!("{}: acknowledged as {}, and it is not there", about(claim), placed.order_no));
                continue;
            };
            let booked = facts.lines.get(&order.id).map_or(&[][..], Vec::as_slice);
            let there: Vec<_> = booked.iter().map(|line| (line.sku.as_str(), line.quantity, line.seq)).collect();
            let told: Vec<_> = placed.lines.iter().map(|line| (line.sku.as_str(), line.quantity, line.seq)).collect();
            if order.key != *key || there != told || order.grand_minor != placed.grand_minor {
                found(format!("{}: acknowledged {placed:?}, the books have {order:?} with {there:?}", about(claim)));
            }
        }
    }
}

pub(super) fn refused_are_absent(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    for claim in facts.claims {
        let is_there = facts.orders_by_key.contains_key(claim.intent.key());
        let is_order = matches!(claim.intent, Intent::Order { .. });
        if claim.is_refused() && !claim.is_acknowledged() && !claim.fell_apart() && is_order && is_there {
            let says = format!("{}: refused, and it is there: {:?}", about(claim), claim.heard);
            findings.push(Finding::new("refused-absent", says));
        }
    }
}

/// Each order is somebody's intent, and each cart became one order at most.
pub(super) fn nobody_elses(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut carts = HashMap::new();
    for order in &facts.books.orders {
        if !facts.intended.contains_key(order.key.as_str()) {
            findings.push(Finding::new("nobody-elses", format!("nobody asked for {order:?}")));
        }
        if let Some(cart) = order.cart
            && let Some(other) = carts.insert(cart, order.id)
        {
            findings.push(Finding::new("nobody-elses", format!("{other} and {} are one cart", order.id)));
        }
    }
}

/// Cancelled and confirmed as acknowledged, once; and not confirmed when nobody confirmed it.
pub(super) fn moves_are_as_told(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |says: String| findings.push(Finding::new("moves-as-told", says));
    let mut may_be: HashMap<_, Vec<&str>> = HashMap::new();
    for claim in facts.claims {
        let (order, kind) = match &claim.intent {
            Intent::Cancel { order, .. } => (*order, "cancelled"),
            Intent::Confirm { order, .. } => (*order, "confirmed"),
            Intent::Order { .. } | Intent::Stock { .. } => continue,
        };
        if claim.is_acknowledged() && facts.count_events(order, kind) == 0 {
            found(format!("{}: acknowledged, and it did not happen", about(claim)));
        }
        if claim.is_acknowledged() || !claim.is_refused() || claim.fell_apart() {
            may_be.entry(order).or_default().push(kind);
        }
    }
    for order in &facts.books.orders {
        let events = facts.events.get(&order.id).map_or(&[][..], Vec::as_slice);
        let mut versions: Vec<i64> = events.iter().map(|event| event.version).collect();
        versions.sort_unstable();
        if !versions.iter().copied().eq(1..=order.version) {
            found(format!("{} has version {}, its events {versions:?}", order.id, order.version));
        }
        for kind in ["cancelled", "confirmed"] {
            let times = facts.count_events(order.id, kind);
            let allowed = may_be.get(&order.id).is_some_and(|kinds| kinds.contains(&kind));
            if times > 1 || (times == 1 && !allowed) {
                found(format!("{} was {kind} {times} times, and nobody may say that they did it", order.id));
            }
        }
    }
}

/// What an order holds is what its lines say, in the state that the order is in.
pub(super) fn holds_match(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |says: String| findings.push(Finding::new("holds-match", says));
    for order in &facts.books.orders {
        let mut wanted = BTreeMap::new();
        for line in facts.lines.get(&order.id).into_iter().flatten() {
            *wanted.entry(line.variant).or_insert(0) += line.quantity;
        }
        let holds = facts.holds.get(&order.id).map_or(&[][..], Vec::as_slice);
        let held: BTreeMap<_, _> = holds.iter().map(|hold| (hold.variant, hold.quantity)).collect();
        if held != wanted || held.len() != holds.len() {
            found(format!("{order:?} wants {wanted:?}, holds {holds:?}"));
        }
        let fits = |state: &str, returned: bool| match order.status.as_str() {
            "payment_pending" => state == "held",
            "confirmed" => state == "confirmed" && !returned,
            "expired" => state == "expired",
            "cancelled" => state == "released" || (state == "confirmed" && returned),
            _ => false,
        };
        if !holds.iter().all(|hold| fits(&hold.state, hold.returned == hold.quantity)) {
            found(format!("{order:?} has {holds:?}"));
        }
    }
    for hold in &facts.books.holds {
        if !facts.orders.contains_key(&hold.order) {
            found(format!("{hold:?} is of no order"));
        }
    }
}

/// No hold lives much longer than its time; what ran out while nobody was there has a grace of its own.
pub(super) fn holds_have_ended(facts: &Facts<'_>, calm: Calm, findings: &mut Vec<Finding>) {
    for hold in facts.books.holds.iter().filter(|hold| hold.state == "held") {
        let says = match hold.expires_us {
            None => format!("{hold:?} will never end"),
            Some(at) => {
                let until = if at < calm.since_us { calm.since_us + calm.grace_us } else { at };
                let late_us = facts.books.read_us - until - PROMPT_US;
                if late_us <= 0 {
                    continue;
                }
                format!("{hold:?} should have ended {} ms ago", late_us / 1_000)
            }
        };
        findings.push(Finding::new("holds-end", says));
    }
}

fn asked(lines: &[Line]) -> impl Iterator<Item = (&str, i64)> {
    lines.iter().map(|line| (line.sku.as_str(), line.quantity))
}

fn summed<'a>(lines: impl Iterator<Item = (&'a str, i64)>) -> BTreeMap<&'a str, i64> {
    let mut sums = BTreeMap::new();
    for (sku, quantity) in lines {
        *sums.entry(sku).or_insert(0) += quantity;
    }
    sums
}

fn about(claim: &Claim) -> String {
    let what = match &claim.intent {
        Intent::Order { lines, payment, cart, .. } => {
            let lines: Vec<_> = lines.iter().map(|line| format!("{} {}", line.quantity, line.sku)).collect();
            let way = if *cart { "cart" } else { "buy now" };
            let later = if *payment == Payment::Manual { "pay later" } else { "pay at the door" };
            format!("{way}, {later}, {}", lines.join(" + "))
        }
        Intent::Cancel { order, .. } => format!("cancel {order}"),
        Intent::Confirm { order, .. } => format!("confirm {order}"),
        Intent::Stock { sku, delta, .. } => format!("{delta:+} {sku}"),
    };
    format!("request {} (key {}, {what})", claim.id, claim.intent.key())
}
