//! Unfinished takes: granted, then settled or dropped, once. The only place where a level changes.

use super::super::account::Delta;
use super::super::change::{Change, HoldChange, HoldState, LimitChange};
use super::{StockLedger, TakeId};

impl StockLedger {
    /// The take is durable: what it changed is the truth now. A take that is not known was dropped before.
    pub fn settle(&mut self, take: TakeId) {
        let Some(changes) = self.takes.remove(&take) else { return };
        for change in &changes {
            self.let_go(change);
            let location = change.account.location;
            let account = self.accounts.entry(location).or_default();
            account.level = match account.level.changed(change.delta) {
                Ok(level) => level,
                Err(broken) => panic!("{} at {location}: {broken}", self.variant),
            };
            match &change.hold {
                Some(HoldChange::Begin { hold, state: HoldState::Held }) => {
                    account.held = account.held.saturating_add(hold.quantity);
                    self.holds.insert(hold.key, hold.clone());
                }
                Some(HoldChange::End { key, .. }) => {
                    let ended = self.holds.remove(key).expect("a hold ends once");
                    account.held = account.held.saturating_sub(ended.quantity);
                }
                Some(HoldChange::Extend { key, expires_at }) => {
                    self.holds.get_mut(key).expect("it is live").expires_at = Some(*expires_at);
                }
                Some(HoldChange::Begin { .. } | HoldChange::Return { .. }) | None => {}
            }
            assert_eq!(account.held, account.level.reserved, "live holds must add up to what is reserved");
            if let Some(LimitChange { usage, delta }) = change.limit {
                let entry = self.usage.entry(usage).or_default();
                entry.used = entry.used.saturating_add(delta);
                assert!(entry.used >= 0, "a purchase limit was given back more than it was used");
                if entry.used == 0 && entry.taken == 0 {
                    self.usage.remove(&usage);
                }
            }
        }
    }

    /// The take will not be written. Dropping it twice, or after it settled, changes nothing.
    pub fn drop_take(&mut self, take: TakeId) {
        let Some(changes) = self.takes.remove(&take) else { return };
        for change in &changes {
            self.let_go(change);
            if let Some(LimitChange { usage, .. }) = change.limit
                && self.usage.get(&usage).is_some_and(|entry| entry.used == 0 && entry.taken == 0)
            {
                self.usage.remove(&usage);
            }
        }
    }

    pub(super) fn grant(&mut self, changes: &[Change]) -> TakeId {
        self.last_take = self.last_take.wrapping_add(1);
        let take = TakeId(self.last_take);
        for change in changes {
            let account = self.accounts.entry(change.account.location).or_default();
            account.taken = account.taken.saturating_add(wanted(change.delta));
            account.unfinished = account.unfinished.saturating_add(1);
            if let Some(LimitChange { usage, delta }) = change.limit
                && delta > 0
            {
                let entry = self.usage.entry(usage).or_default();
                entry.taken = entry.taken.saturating_add(delta);
            }
            if let Some(hold) = &change.hold {
                self.underway.insert(hold.key());
            }
        }
        self.takes.insert(take, changes.to_vec());
        take
    }

    fn let_go(&mut self, change: &Change) {
        let account = self.accounts.entry(change.account.location).or_default();
        account.taken = account.taken.saturating_sub(wanted(change.delta));
        account.unfinished = account.unfinished.saturating_sub(1);
        if let Some(hold) = &change.hold {
            self.underway.remove(&hold.key());
        }
        if let Some(LimitChange { usage, delta }) = change.limit
            && delta > 0
        {
            let entry = self.usage.entry(usage).or_default();
            entry.taken = entry.taken.saturating_sub(delta);
        }
    }
}

/// What a change wants of the sellable: what it takes off the shelf or promises. A confirmation takes off what was promised
/// already, so it wants nothing.
fn wanted(delta: Delta) -> i64 {
    let net = delta.reserved.saturating_sub(delta.on_hand).saturating_add(delta.safety.max(0));
    net.max(0)
}
