//! PURE. The outbox: everything that happened to an order and to stock is told there, and nothing that did not.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::facts::Facts;
use super::finding::Finding;

pub(super) fn tells_all(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |says: String| findings.push(Finding::new("outbox-tells-all", says));
    let mut moves = HashSet::new();
    let mut newest: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (topic, payload) in &facts.books.outbox {
        for news in payload.as_array().into_iter().flatten() {
            match topic.as_str() {
                "order" => {
                    let told = id(&news["order"]).zip(news["version"].as_i64());
                    if !told.is_some_and(|told| moves.insert(told)) {
                        found(format!("told twice, or not to be understood: {news}"));
                    }
                }
                "stock" => {
                    let Some((variant, seq)) = id(&news["variant"]).zip(news["seq"].as_i64()) else {
                        found(format!("not to be understood: {news}"));
                        continue;
                    };
                    let known = newest.entry(variant).or_default();
                    *known = seq.max(*known);
                }
                _ => {}
            }
        }
    }
    for event in &facts.books.events {
        if !moves.remove(&(event.order, event.version)) {
            found(format!("{event:?} is not told"));
        }
    }
    for (order, version) in moves {
        found(format!("version {version} of {order} is told, and never was"));
    }
    for level in &facts.books.levels {
        let told = newest.get(&level.variant).copied().unwrap_or(0);
        if told != level.seq {
            found(format!("{}: told up to change {told}, there are {}", level.variant, level.seq));
        }
    }
}

/// A prefix, and the digits of a UUID.
fn id(shown: &Value) -> Option<Uuid> {
    Uuid::parse_str(shown.as_str()?.rsplit('_').next()?).ok()
}
