//! PURE. The journal: batches are numbered without gaps, epochs only rise.

use std::collections::HashSet;

use super::facts::Facts;
use super::finding::Finding;

pub(super) fn numbered_without_gaps(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |says: String| findings.push(Finding::new("batches-gapless", says));
    let batches = &facts.books.batches;
    if !batches.iter().map(|batch| batch.number).eq(1..=facts.books.last_batch) {
        let gap = batches.iter().zip(1..).find(|(batch, expected)| batch.number != *expected);
        found(format!("the last one is {}, they go astray at {gap:?}", facts.books.last_batch));
    }
    if let Some(pair) = batches.windows(2).find(|pair| pair[1].epoch < pair[0].epoch) {
        found(format!("the epoch falls: {pair:?}"));
    }
    let numbers: HashSet<_> = batches.iter().map(|batch| batch.number).collect();
    if let Some(stray) = facts.books.ledger.iter().find(|entry| !numbers.contains(&entry.batch)) {
        found(format!("{stray:?} is of no batch"));
    }
}
