//! PURE: what goes into the next batch. Numbers each stock change from the durable `seq` of its account, folds all changes
//! of an account into one row, and lays the rows out in columns as the database takes them.

mod audited;
mod columns;
#[cfg(test)]
mod tests;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::StoreId;
use crate::inventory::{AccountId, BrokenLevel, Change, HoldChange, HoldState, Level};
use crate::mutant::{Mutant, is_on};

use super::bundle::Writes;

use audited::Audited;
pub use columns::Rows;

/// The durable levels of the accounts that the journal has written or is about to write.
pub type Levels = HashMap<AccountId, Level>;

/// Bundles, numbered and laid out. Nothing is durable yet.
pub struct Batch {
    pub number: i64,
    pub epoch: i64,
    pub at: Timestamp,
    pub digest: [u8; 32],
    pub bundles: usize,
    pub rows: Rows,
    /// What the touched accounts will be once it is durable.
    pub levels: Levels,
    /// The `seq` of each stock change, bundle by bundle.
    pub seqs: Vec<Vec<i64>>,
}

/// A bundle whose change would break a level: memory is wrong, and that account must stop.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("bundle {bundle}, account {account:?}: {broken}")]
pub struct SealError {
    pub bundle: usize,
    pub account: AccountId,
    pub broken: BrokenLevel,
}

/// What the outbox says of a batch: the accounts and orders it touched, once each.
#[derive(Serialize)]
struct StockNews {
    variant: crate::id::VariantId,
    location: crate::id::LocationId,
    on_hand: i64,
    sellable: i64,
    seq: i64,
}

#[derive(Serialize)]
struct OrderNews {
    order: crate::id::OrderId,
    event: &'static str,
    version: i64,
}

impl Batch {
    /// Seals `bundles` (the stock changes of each, and what else it writes) as batch `number` of `epoch`, on top of the durable `known` levels.
    pub fn seal<'a, C>(
        bundles: impl IntoIterator<Item = (C, &'a Writes)>,
        known: &Levels,
        number: i64,
        epoch: i64,
        at: Timestamp,
    ) -> Result<Self, SealError>
    where
        C: Iterator<Item = &'a Change>,
    {
        let mut sealing = Sealing {
            number,
            known,
            old: Levels::new(),
            new: Levels::new(),
            rows: Rows::default(),
            usage: HashMap::new(),
            stores: HashMap::new(),
        };
        let mut seqs = Vec::new();
        let mut order_news: Vec<(StoreId, OrderNews)> = Vec::new();
        for (index, (changes, writes)) in bundles.into_iter().enumerate() {
            seqs.push(sealing.bundle(changes, writes, &mut order_news).map_err(|(account, broken)| SealError {
                bundle: index,
                account,
                broken,
            })?);
        }
        sealing.close(order_news);
        let Sealing { rows, new, .. } = sealing;
        let digest = digest(number, epoch, &rows);
        Ok(Self { number, epoch, at, digest, bundles: seqs.len(), rows, levels: new, seqs })
    }

    /// The durable `seq` that this batch's changes of `account` begin after.
    pub fn old_seq(&self, account: &AccountId) -> i64 {
        let columns = &self.rows.levels;
        let row =
            columns.variants.iter().zip(&columns.locations).position(|(variant, location)| {
                (*variant, *location) == (account.variant.uuid(), account.location.uuid())
            });
        row.map_or(0, |row| columns.old_seqs[row])
    }
}

struct Sealing<'a> {
    number: i64,
    known: &'a Levels,
    old: Levels,
    new: Levels,
    rows: Rows,
    /// Limit uses of this batch, summed: one row is updated once.
    usage: HashMap<(Uuid, Uuid, i64), i64>,
    stores: HashMap<AccountId, StoreId>,
}

impl Sealing<'_> {
    fn bundle<'a>(
        &mut self,
        changes: impl Iterator<Item = &'a Change>,
        writes: &Writes,
        order_news: &mut Vec<(StoreId, OrderNews)>,
    ) -> Result<Vec<i64>, (AccountId, BrokenLevel)> {
        let mut seqs = Vec::new();
        let mut seq_of: Vec<(AccountId, i64)> = Vec::new();
        let audit = writes.audit.as_deref().filter(|_| !is_on(Mutant::TrailLeftOut));
        let mut audited = audit.map(Audited::new);
        for change in changes {
            let (before, after) = self.change(change).map_err(|broken| (change.account, broken))?;
            seqs.push(after.seq);
            seq_of.push((change.account, after.seq));
            if let Some(audited) = &mut audited {
                audited.account(change.account, before, after);
            }
        }
        if let Some(audited) = audited {
            audited.lay_out(&mut self.rows.audit);
        }
        if let Some(order) = &writes.order {
            self.order(order, &seq_of);
            order_news.push((order.store, OrderNews { order: order.id, event: "placed", version: 1 }));
        }
        if let Some(moved) = &writes.moved {
            let columns = &mut self.rows.order_moves;
            columns.ids.push(moved.order.uuid());
            columns.versions.push(moved.version);
            columns.from.push(moved.from);
            columns.to.push(moved.to);
            columns.payments.push(moved.payment_status);
            columns.expirations.push(moved.expires_at);
            columns.progresses.push(moved.progress.clone());
            let version = moved.version + 1;
            self.event(moved.order.uuid(), version, &moved.event);
            order_news.push((moved.store, OrderNews { order: moved.order, event: moved.event.kind, version }));
        }
        if let Some(cart) = &writes.cart {
            let columns = &mut self.rows.carts;
            columns.ids.push(cart.cart.uuid());
            columns.versions.push(cart.version);
            columns.generations.push(cart.generation);
            columns.orders.push(cart.order.uuid());
        }
        if let Some(answer) = &writes.answer {
            let columns = &mut self.rows.answers;
            columns.stores.push(answer.store.uuid());
            columns.principals.push(answer.principal.uuid());
            columns.routes.push(answer.route);
            columns.keys.push(answer.key.clone());
            columns.fingerprints.push(answer.fingerprint.to_vec());
            columns.statuses.push(answer.status);
            // What a repeat is answered from: what the caller gave, and what became of it.
            columns.bodies.push(format!(
                r#"{{"context":{},"receipt":{{"batch":{},"seqs":{:?}}}}}"#,
                answer.body, self.number, seqs
            ));
        }
        Ok(seqs)
    }

    /// The level before and after.
    fn change(&mut self, change: &Change) -> Result<(Level, Level), BrokenLevel> {
        let level = match self.new.entry(change.account) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let known = self.known.get(&change.account).filter(|_| !is_on(Mutant::SeqGivenOutAtAppend));
                let durable = known.copied().unwrap_or(change.base);
                self.old.insert(change.account, durable);
                self.stores.insert(change.account, change.store);
                entry.insert(durable)
            }
        };
        let before = *level;
        let after = before.changed(change.delta)?;
        *level = after;
        let ledger = &mut self.rows.ledger;
        ledger.variants.push(change.account.variant.uuid());
        ledger.locations.push(change.account.location.uuid());
        ledger.seqs.push(after.seq);
        ledger.kinds.push(change.kind.name());
        ledger.on_hands.push(change.delta.on_hand);
        ledger.reserveds.push(change.delta.reserved);
        ledger.orders.push(change.order.map(|order| order.uuid()));
        ledger.reasons.push(change.reason.clone());
        ledger.references.push(change.reference.clone());
        if let Some(hold) = &change.hold {
            self.hold(hold);
        }
        if let Some(limit) = &change.limit {
            let key = (change.account.variant.uuid(), limit.usage.principal.uuid(), limit.usage.window_start);
            *self.usage.entry(key).or_default() += limit.delta;
        }
        Ok((before, after))
    }

    fn hold(&mut self, change: &HoldChange) {
        if let HoldChange::Begin { hold, state } = change {
            let holds = &mut self.rows.holds;
            holds.variants.push(hold.key.account.variant.uuid());
            holds.locations.push(hold.key.account.location.uuid());
            holds.orders.push(hold.key.order.uuid());
            holds.attempts.push(hold.key.attempt);
            holds.quantities.push(hold.quantity);
            holds.states.push(state.name());
            holds.principals.push(hold.principal.uuid());
            holds.limit_windows.push(hold.limit_window);
            holds.expirations.push(hold.expires_at);
            return;
        }
        let (from, to, expires_at, before, after) = match change {
            HoldChange::Begin { .. } => unreachable!("handled above"),
            HoldChange::End { to, .. } => (HoldState::Held, *to, None, 0, 0),
            HoldChange::Extend { expires_at, .. } => (HoldState::Held, HoldState::Held, Some(*expires_at), 0, 0),
            HoldChange::Return { returned, quantity, .. } => {
                (HoldState::Confirmed, HoldState::Confirmed, None, *returned, returned + quantity)
            }
        };
        let key = change.key();
        let moves = &mut self.rows.hold_moves;
        moves.variants.push(key.account.variant.uuid());
        moves.locations.push(key.account.location.uuid());
        moves.orders.push(key.order.uuid());
        moves.attempts.push(key.attempt);
        moves.from.push(from.name());
        moves.to.push(to.name());
        moves.expirations.push(expires_at);
        moves.returned_before.push(before);
        moves.returned.push(after);
    }

    fn order(&mut self, order: &super::bundle::OrderRow, seq_of: &[(AccountId, i64)]) {
        let columns = &mut self.rows.orders;
        columns.ids.push(order.id.uuid());
        columns.order_nos.push(order.order_no.get());
        columns.stores.push(order.store.uuid());
        columns.principals.push(order.principal.uuid());
        columns.keys.push(order.idempotency_key.to_string());
        columns.fingerprints.push(order.fingerprint.to_vec());
        columns.carts.push(order.cart.map(|(cart, _)| cart.uuid()));
        columns.cart_generations.push(order.cart.map(|(_, generation)| generation));
        columns.statuses.push(order.status);
        columns.payment_statuses.push(order.payment_status);
        columns.payment_methods.push(order.payment_method);
        columns.currencies.push(order.currency.clone());
        columns.mrps.push(order.mrp_minor);
        columns.discounts.push(order.discount_minor);
        columns.taxes.push(order.tax_minor);
        columns.shippings.push(order.shipping_minor);
        columns.grands.push(order.grand_minor);
        columns.details.push(order.detail.clone());
        columns.expirations.push(order.expires_at);
        for (index, line) in order.lines.iter().enumerate() {
            let account = AccountId { variant: line.variant, location: line.location };
            let seq = seq_of.iter().find(|(of, _)| *of == account).map_or(0, |(_, seq)| *seq);
            let lines = &mut self.rows.lines;
            lines.orders.push(order.id.uuid());
            lines.line_nos.push(i32::try_from(index + 1).expect("an order has at most 200 lines"));
            lines.variants.push(line.variant.uuid());
            lines.locations.push(line.location.uuid());
            lines.skus.push(line.sku.to_string());
            lines.titles.push(line.title.to_string());
            lines.quantities.push(line.quantity);
            lines.unit_mrps.push(line.unit_mrp_minor);
            lines.unit_prices.push(line.unit_price_minor);
            lines.nets.push(line.net_minor);
            lines.taxes.push(line.tax_minor);
            lines.rates.push(line.tax_rate_bp);
            lines.inclusives.push(line.tax_inclusive);
            lines.seqs.push(seq);
        }
        let placed = super::bundle::OrderEvent { kind: "placed", actor: "buyer".into(), data: None };
        self.event(order.id.uuid(), 1, &placed);
    }

    fn event(&mut self, order: Uuid, version: i64, event: &super::bundle::OrderEvent) {
        let events = &mut self.rows.events;
        events.orders.push(order);
        events.versions.push(version);
        events.kinds.push(event.kind);
        events.actors.push(event.actor.clone());
        events.data.push(event.data.clone());
    }

    /// One row an account, one row a limit, one outbox row a topic.
    fn close(&mut self, order_news: Vec<(StoreId, OrderNews)>) {
        let mut touched: Vec<(&AccountId, &Level)> = self.new.iter().collect();
        // In key order, as everyone who locks several rows.
        touched.sort_unstable_by_key(|(account, _)| **account);
        let mut stock_news: BTreeMap<StoreId, Vec<StockNews>> = BTreeMap::new();
        for (account, level) in touched {
            let columns = &mut self.rows.levels;
            columns.variants.push(account.variant.uuid());
            columns.locations.push(account.location.uuid());
            columns.stores.push(self.stores[account].uuid());
            columns.old_seqs.push(self.old[account].seq);
            columns.on_hands.push(level.on_hand);
            columns.reserveds.push(level.reserved);
            columns.safeties.push(level.safety);
            columns.seqs.push(level.seq);
            columns.count_versions.push(level.count_version);
            let heard = StockNews {
                variant: account.variant,
                location: account.location,
                on_hand: level.on_hand,
                sellable: level.sellable(),
                seq: level.seq,
            };
            stock_news.entry(self.stores[account]).or_default().push(heard);
        }
        let mut usage: Vec<_> = self.usage.iter().filter(|(_, delta)| **delta != 0).collect();
        usage.sort_unstable();
        for ((variant, principal, window), delta) in usage {
            let columns = &mut self.rows.limits;
            columns.variants.push(*variant);
            columns.principals.push(*principal);
            columns.windows.push(*window);
            columns.deltas.push(*delta);
        }
        for (store, news) in stock_news {
            self.outbox(store, "stock", &news);
        }
        let mut by_store: BTreeMap<StoreId, Vec<OrderNews>> = BTreeMap::new();
        for (store, news) in order_news {
            by_store.entry(store).or_default().push(news);
        }
        for (store, news) in by_store {
            self.outbox(store, "order", &news);
        }
    }

    fn outbox(&mut self, store: StoreId, topic: &'static str, news: &impl Serialize) {
        let columns = &mut self.rows.outbox;
        columns.stores.push(store.uuid());
        columns.topics.push(topic);
        columns.payloads.push(serde_json::to_string(news).expect("ids and integers are always JSON"));
    }
}

/// What tells two batches of one number apart when a commit's outcome is unknown.
fn digest(number: i64, epoch: i64, rows: &Rows) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(number.to_be_bytes());
    hash.update(epoch.to_be_bytes());
    for ids in [&rows.orders.ids, &rows.order_moves.ids, &rows.ledger.variants] {
        hash.update((ids.len() as u64).to_be_bytes());
        for id in ids {
            hash.update(id.as_bytes());
        }
    }
    for order in &rows.ledger.orders {
        hash.update(order.unwrap_or_default().as_bytes());
    }
    for numbers in [&rows.ledger.seqs, &rows.ledger.on_hands, &rows.ledger.reserveds, &rows.order_moves.versions] {
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
    }
    hash.finalize().into()
}
