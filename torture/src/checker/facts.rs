//! PURE. Notes and rows, found by what one looks them up with.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use super::books::{Books, Entry, Event, Hold, Order, OrderLine};
use crate::notes::{Claim, Intent};

pub(super) struct Facts<'a> {
    pub(super) claims: &'a [Claim],
    pub(super) books: &'a Books,
    pub(super) orders: HashMap<Uuid, &'a Order>,
    pub(super) orders_by_key: HashMap<&'a str, Vec<&'a Order>>,
    pub(super) lines: HashMap<Uuid, Vec<&'a OrderLine>>,
    pub(super) events: HashMap<Uuid, Vec<&'a Event>>,
    pub(super) holds: HashMap<Uuid, Vec<&'a Hold>>,
    /// In the order of their numbers.
    pub(super) ledger: BTreeMap<Uuid, Vec<&'a Entry>>,
    pub(super) variants: HashMap<&'a str, Uuid>,
    /// Who intended an order with this key.
    pub(super) intended: HashMap<&'a str, &'a Claim>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(claims: &'a [Claim], books: &'a Books) -> Self {
        let mut ledger = grouped(&books.ledger, |entry| entry.variant);
        ledger.values_mut().for_each(|entries| entries.sort_by_key(|entry| entry.seq));
        let is_order = |claim: &&Claim| matches!(claim.intent, Intent::Order { .. });
        Self {
            claims,
            books,
            orders: books.orders.iter().map(|order| (order.id, order)).collect(),
            orders_by_key: grouped(&books.orders, |order| order.key.as_str()),
            lines: grouped(&books.lines, |line| line.order),
            events: grouped(&books.events, |event| event.order),
            holds: grouped(&books.holds, |hold| hold.order),
            ledger: ledger.into_iter().collect(),
            variants: books.variants.iter().map(|variant| (variant.sku.as_str(), variant.id)).collect(),
            intended: claims.iter().filter(is_order).map(|claim| (claim.intent.key(), claim)).collect(),
        }
    }

    pub(super) fn count_events(&self, order: Uuid, kind: &str) -> usize {
        self.events.get(&order).map_or(0, |events| events.iter().filter(|event| event.kind == kind).count())
    }
}

fn grouped<'a, K: std::hash::Hash + Eq, T>(rows: &'a [T], key: impl Fn(&'a T) -> K) -> HashMap<K, Vec<&'a T>> {
    let mut groups: HashMap<K, Vec<&T>> = HashMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups
}
