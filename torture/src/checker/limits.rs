//! PURE. Purchase limits: nobody has more than they may, and what is counted is what they have.

use std::collections::BTreeMap;

use super::facts::Facts;
use super::finding::Finding;

pub(super) fn kept(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |says: String| findings.push(Finding::new("limits-kept", says));
    // What they have, and what is counted.
    let mut buyers: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    let limits: BTreeMap<_, _> =
        facts.books.variants.iter().filter_map(|variant| Some((variant.id, variant.limit?))).collect();
    for hold in &facts.books.holds {
        if limits.contains_key(&hold.variant) != hold.limited {
            found(format!("{hold:?} does not know whether it counts"));
        }
        if limits.contains_key(&hold.variant) && matches!(hold.state.as_str(), "held" | "confirmed") {
            buyers.entry((hold.variant, hold.principal)).or_default().0 += hold.quantity - hold.returned;
        }
    }
    for usage in &facts.books.usage {
        buyers.entry((usage.variant, usage.principal)).or_default().1 += usage.used;
    }
    for ((variant, principal), (has, counted)) in buyers {
        let max = limits.get(&variant).copied().unwrap_or(0);
        if has > max || has != counted {
            found(format!("{principal} has {has} of {variant}, {counted} are counted, {max} allowed"));
        }
    }
}
