//! What goes into one statement: of each cart the newest contents, and everybody who waits for them. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cart::cart::Contents;
use crate::id::CartId;

/// By id: two statements that meet at the same rows lock them in the same order.
pub(super) struct Batch<W> {
    carts: BTreeMap<CartId, Pending<W>>,
    lines: usize,
}

pub(super) struct Pending<W> {
    pub(super) contents: Arc<Contents>,
    pub(super) waiting: Vec<W>,
}

/// A statement of this size takes a few milliseconds.
const CARTS_MAX: usize = 1000;
const LINES_MAX: usize = 20_000;

impl<W> Batch<W> {
    pub(super) fn new() -> Self {
        Self { carts: BTreeMap::new(), lines: 0 }
    }

    /// `waiter` is told when `contents`, or newer ones of the same cart, are durable.
    pub(super) fn push(&mut self, contents: Arc<Contents>, waiter: W) {
        self.lines += contents.lines.len();
        let pending = self
            .carts
            .entry(contents.owner.cart())
            .or_insert_with(|| Pending { contents: Arc::clone(&contents), waiting: Vec::new() });
        if pending.contents.version < contents.version {
            pending.contents = contents;
        }
        pending.waiting.push(waiter);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.carts.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.carts.len() >= CARTS_MAX || self.lines >= LINES_MAX
    }

    /// In ascending order of their ids.
    pub(super) fn into_carts(self) -> Vec<Pending<W>> {
        self.carts.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::cart::cart::Owner;
    use crate::clock::Timestamp;
    use crate::id::{PrincipalId, StoreId};

    fn contents(principal: u128, version: i64) -> Arc<Contents> {
        let owner = Owner { store: StoreId::MAIN, principal: PrincipalId::from_uuid(Uuid::from_u128(principal)) };
        Arc::new(Contents { version, ..Contents::empty(owner, Timestamp::UNIX_EPOCH) })
    }

    #[test]
    fn many_edits_of_a_cart_are_written_once_and_all_who_wait_are_told() {
        let mut batch = Batch::new();
        for (principal, version, waiter) in [(9, 1, "a1"), (4, 7, "b7"), (9, 3, "a3"), (9, 2, "a2"), (4, 8, "b8")] {
            batch.push(contents(principal, version), waiter);
        }
        let carts: Vec<_> = batch.into_carts().into_iter().map(|cart| (cart.contents.version, cart.waiting)).collect();
        assert_eq!(carts, [(8, vec!["b7", "b8"]), (3, vec!["a1", "a3", "a2"])]);
    }

    #[test]
    fn a_batch_is_full_of_carts() {
        let mut batch = Batch::new();
        assert!(batch.is_empty());
        for principal in 0..CARTS_MAX {
            assert!(!batch.is_full());
            batch.push(contents(principal as u128, 1), ());
        }
        assert!(batch.is_full());
    }
}
