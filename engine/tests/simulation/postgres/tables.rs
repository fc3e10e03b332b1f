//! The tables, their constraints, and what must be true of them after each commit.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use engine::cart::{Contents, Successor};
use engine::clock::Timestamp;
use engine::id::{AuditId, CartId, OrderId, OwnerId, PrincipalId, VariantId};
use engine::inventory::{AccountId, HoldKey, Level};
use engine::journal::Fault;
use engine::mutant::{Mutant, is_on};
use engine::order::{OrderSnapshot, Status};

use super::rows::{Answer, AnswerKey, Entry, Hold, Usage, Wanted, emptied};

#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) cell: Cell,
    pub(crate) batches: BTreeMap<i64, (i64, [u8; 32])>,
    pub(crate) committed: Vec<Timestamp>,
    /// By the world's clock, which does not jump.
    pub(crate) durable_since: BTreeMap<i64, Duration>,
    pub(crate) levels: BTreeMap<AccountId, Level>,
    /// By `seq - 1`.
    pub(crate) ledger: BTreeMap<AccountId, Vec<Entry>>,
    /// The level after each `seq`; the first is the empty one.
    pub(crate) past: BTreeMap<AccountId, Vec<Level>>,
    pub(crate) holds: BTreeMap<HoldKey, Hold>,
    pub(crate) usage: BTreeMap<Usage, i64>,
    pub(crate) orders: BTreeMap<OrderId, OrderSnapshot>,
    pub(crate) by_key: HashMap<(PrincipalId, String), OrderId>,
    pub(crate) by_cart: HashMap<(CartId, i64), OrderId>,
    pub(crate) carts: HashMap<CartId, Contents>,
    pub(crate) answers: HashMap<AnswerKey, Answer>,
    pub(crate) audit: HashSet<AuditId>,
    /// How much each limited variant allows one buyer.
    pub(crate) limits: BTreeMap<VariantId, i64>,
    /// Which order expired, when it ran out, and when that was written.
    pub(crate) expired: Vec<(OrderId, Timestamp, Timestamp)>,
    /// Promises that were seen broken.
    pub(crate) broken: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) epoch: i64,
    pub(crate) last_batch: i64,
    pub(crate) core_time: Timestamp,
    pub(crate) owner: Option<OwnerId>,
    pub(crate) owner_name: Option<String>,
    pub(crate) taken_at: Option<Timestamp>,
}

impl Default for Cell {
    fn default() -> Self {
        let core_time = Timestamp::UNIX_EPOCH;
        Self { epoch: 0, last_batch: 0, core_time, owner: None, owner_name: None, taken_at: None }
    }
}

pub(crate) fn fault(sqlstate: &str, constraint: &str, message: impl Into<String>) -> Fault {
    Fault { sqlstate: Some(sqlstate.to_owned()), constraint: Some(constraint.to_owned()), message: message.into() }
}

/// A key of a row that is being inserted: another transaction that wants it waits.
pub(crate) type UniqueKey = (PrincipalId, String);

impl Wanted {
    pub(crate) fn unique_keys(&self) -> Vec<UniqueKey> {
        let orders = self.orders.iter().map(|order| (order.principal_id, order.idempotency_key.clone()));
        let answers = self.answers.iter().map(|((principal, route, key), _)| (*principal, format!("{route} {key}")));
        orders.chain(answers).collect()
    }
}

impl Tables {
    /// What the inserts before the cell's lock say.
    pub(crate) fn insertable(&self, wanted: &Wanted) -> Result<(), Fault> {
        let (mut in_batch, mut carts, mut keys) = (HashSet::new(), HashSet::new(), HashSet::new());
        for order in &wanted.orders {
            let key = (order.principal_id, order.idempotency_key.clone());
            if self.by_key.contains_key(&key) || !in_batch.insert(key) {
                return Err(fault("23505", "orders_idempotency_key_key", "the key is there"));
            }
            if order.cart.is_some_and(|cart| self.by_cart.contains_key(&cart) || !carts.insert(cart)) {
                return Err(fault("23505", "orders_cart_generation_key", "the generation is an order"));
            }
            if self.orders.contains_key(&order.id) {
                return Err(fault("23505", "orders_pkey", "the order is there"));
            }
        }
        if wanted.answers.iter().any(|(key, _)| self.answers.contains_key(key) || !keys.insert(key)) {
            return Err(fault("23505", "idempotency_keys_pkey", "the key is there"));
        }
        if wanted.audit.iter().any(|line| self.audit.contains(&line.id)) {
            return Err(fault("23505", "audit_log_pkey", "the line is there"));
        }
        for (account, seq, _) in &wanted.ledger {
            let there = self.ledger.get(account).map_or(0, |entries| entries.len() as i64);
            if *seq <= there && !is_on(Mutant::NoFence) {
                return Err(fault("23505", "stock_ledger_pkey", "the seq is there"));
            }
        }
        Ok(())
    }

    /// What the function behind the cell's lock says.
    pub(crate) fn comparable(&self, wanted: &Wanted) -> Result<(), Fault> {
        let epoch_fits = self.cell.epoch == wanted.epoch || is_on(Mutant::NoFence);
        let number_fits = self.cell.last_batch == wanted.number - 1 || is_on(Mutant::NoFence);
        if !epoch_fits || !number_fits {
            return Err(fault("DB001", "", "fenced"));
        }
        for (account, old_seq, level) in &wanted.levels {
            let there = self.levels.get(account).copied().unwrap_or_default();
            if there.seq != *old_seq {
                if is_on(Mutant::NoFence) {
                    continue;
                }
                return Err(fault("DB002", "", format!("{account:?} is at {}, not {old_seq}", there.seq)));
            }
            if level.reserved < 0 || level.reserved > level.on_hand {
                return Err(fault("23514", "stock_levels_reserved_within_on_hand", format!("{account:?} {level:?}")));
            }
        }
        for moved in &wanted.hold_moves {
            let fits = self
                .holds
                .get(&moved.key)
                .is_some_and(|hold| hold.state == moved.from && hold.returned == moved.returned_before);
            if !fits && !is_on(Mutant::ConfirmDuringCancel) {
                return Err(fault("DB003", "", format!("hold {:?} is not {}", moved.key, moved.from)));
            }
        }
        for moved in &wanted.order_moves {
            let fits = self
                .orders
                .get(&moved.id)
                .is_some_and(|order| order.version == moved.version && order.state.status == moved.from);
            if !fits && !is_on(Mutant::ConfirmDuringCancel) {
                return Err(fault(
                    "DB003",
                    "",
                    format!("order {} is not {} at {}", moved.id, moved.from, moved.version),
                ));
            }
        }
        for cart in &wanted.carts {
            let fits = self
                .carts
                .get(&cart.cart)
                .is_some_and(|there| there.version == cart.version && there.generation == cart.generation);
            if !fits {
                return Err(fault("DB003", "", format!("cart {} is another", cart.cart)));
            }
        }
        Ok(())
    }

    /// It is durable.
    pub(crate) fn apply(&mut self, wanted: &Wanted) {
        crate::world::note(|| wanted.to_string());
        self.check_whole(wanted);
        self.check_told(wanted);
        self.audit.extend(wanted.audit.iter().map(|line| line.id));
        for (account, seq, entry) in &wanted.ledger {
            let entries = self.ledger.entry(*account).or_default();
            if *seq != entries.len() as i64 + 1 {
                self.broken.push(format!("P6: {account:?} goes from seq {} to {seq}", entries.len()));
            }
            entries.push(entry.clone());
            let past = self.past.entry(*account).or_insert_with(|| vec![Level::default()]);
            let last = *past.last().expect("there is always one");
            past.push(Level {
                on_hand: last.on_hand + entry.on_hand,
                reserved: last.reserved + entry.reserved,
                seq: *seq,
                ..last
            });
        }
        for (account, _, level) in &wanted.levels {
            self.levels.insert(*account, *level);
            let past = self.past.entry(*account).or_insert_with(|| vec![Level::default()]);
            let last = past.last_mut().expect("there is always one");
            if (last.on_hand, last.reserved, last.seq) != (level.on_hand, level.reserved, level.seq) {
                self.broken.push(format!("P7: {account:?} is {level:?}, its ledger says {last:?}"));
            }
            *last = *level;
            if level.reserved < 0 || level.reserved > level.on_hand {
                self.broken.push(format!("P1: {account:?} is {level:?}"));
            }
        }
        for (key, hold) in &wanted.holds {
            self.holds.insert(*key, hold.clone());
        }
        for moved in &wanted.hold_moves {
            let hold = self.holds.get_mut(&moved.key).expect("compared");
            if moved.to == "expired" && hold.expires_at.is_some_and(|until| wanted.at < until) {
                self.broken.push(format!("P8: {:?} expired at {}, before {:?}", moved.key, wanted.at, hold.expires_at));
            }
            hold.state = moved.to;
            hold.expires_at = moved.expires_at;
            hold.returned = moved.returned;
        }
        for (usage, delta) in &wanted.limits {
            *self.usage.entry(*usage).or_default() += delta;
        }
        for order in &wanted.orders {
            self.by_key.insert((order.principal_id, order.idempotency_key.clone()), order.id);
            if let Some(cart) = order.cart {
                self.by_cart.insert(cart, order.id);
            }
            self.orders.insert(order.id, order.clone());
        }
        for moved in &wanted.order_moves {
            let order = self.orders.get_mut(&moved.id).expect("compared");
            if order.version != moved.version || order.state.status != moved.from {
                self.broken.push(format!("order {} moved to {} from a state it was not in", moved.id, moved.to));
            }
            if moved.to == Status::Expired {
                self.expired.extend(order.expires_at.map(|until| (moved.id, until, wanted.at)));
            }
            order.state.status = moved.to;
            order.state.payment = moved.payment.unwrap_or(order.state.payment);
            order.expires_at = moved.expires_at;
            order.version += 1;
            if let Some(progress) = &moved.progress {
                order.progress = progress.clone();
            }
        }
        for cart in &wanted.carts {
            let there = self.carts.get(&cart.cart).expect("compared");
            let emptied = emptied(there, cart.order, wanted.at);
            self.carts.insert(cart.cart, emptied);
        }
        for (key, answer) in &wanted.answers {
            self.answers.insert(key.clone(), answer.clone());
        }
        if self.batches.insert(wanted.number, (wanted.epoch, wanted.digest)).is_some() {
            self.broken.push(format!("batch {} was written twice", wanted.number));
        }
        self.committed.push(wanted.at);
        self.durable_since.insert(wanted.number, crate::world::now());
        self.cell.last_batch = wanted.number;
        self.cell.core_time = self.cell.core_time.max(wanted.at);
        self.check_touched(wanted);
    }

    /// P5: an order holds what its lines say, and its holds come with it.
    fn check_whole(&mut self, wanted: &Wanted) {
        for order in &wanted.orders {
            let mut lines: BTreeMap<AccountId, i64> = BTreeMap::new();
            for line in &order.lines {
                let account = AccountId { variant: line.variant_id, location: line.location_id };
                *lines.entry(account).or_default() += line.quantity.get();
            }
            let held: BTreeMap<AccountId, i64> = wanted
                .holds
                .iter()
                .filter(|(key, _)| key.order == order.id)
                .map(|(key, hold)| (key.account, hold.quantity))
                .collect();
            if lines != held {
                self.broken.push(format!("P5: order {} has lines {lines:?} and holds {held:?}", order.id));
            }
        }
    }

    /// What staff did has a line of the audit trail each, in the same batch; what buyers and clocks did has none.
    fn check_told(&mut self, wanted: &Wanted) {
        let moves = wanted.order_moves.iter().filter(|moved| moved.actor != "buyer" && moved.actor != "system");
        let moves = moves.map(|moved| ("order", self.orders[&moved.id].number.to_string()));
        let kinds = ["receive", "adjust", "set", "transfer_out"];
        let changes = wanted.ledger.iter().filter(|(_, _, entry)| kinds.contains(&entry.kind));
        let changes = changes.map(|(account, ..)| ("stock", account.variant.to_string()));
        let mut done: Vec<(&str, String)> = moves.chain(changes).collect();
        let mut told: Vec<(&str, String)> = wanted.audit.iter().map(|line| line.subject.clone()).collect();
        done.sort();
        told.sort();
        if done != told {
            self.broken.push(format!("batch {} does {done:?} and tells of {told:?}", wanted.number));
        }
    }

    /// Live holds are what is reserved, and a confirmed or ended order holds nothing.
    fn check_touched(&mut self, wanted: &Wanted) {
        for (account, _, level) in &wanted.levels {
            let first = HoldKey { account: *account, order: OrderId::from_uuid(uuid::Uuid::nil()), attempt: 0 };
            let held: i64 = self
                .holds
                .range(first..)
                .take_while(|(key, _)| key.account == *account)
                .filter(|(_, hold)| hold.state == "held")
                .map(|(_, hold)| hold.quantity)
                .sum();
            if held != level.reserved {
                self.broken.push(format!("{account:?} has {} reserved and {held} held", level.reserved));
            }
        }
        for (usage, _) in &wanted.limits {
            let used = self.usage.get(usage).copied().unwrap_or(0);
            if self.limits.get(&usage.0).is_some_and(|max| used > *max) || used < 0 {
                self.broken.push(format!("the limit of {usage:?} is used {used} times"));
            }
        }
        for moved in &wanted.order_moves {
            let ended = matches!(moved.to, Status::Expired | Status::Cancelled | Status::Confirmed);
            if !ended {
                continue;
            }
            let order = &self.orders[&moved.id];
            for line in &order.lines {
                let account = AccountId { variant: line.variant_id, location: line.location_id };
                let key = HoldKey { account, order: moved.id, attempt: 1 };
                if self.holds.get(&key).is_none_or(|hold| hold.state == "held") {
                    self.broken.push(format!("order {} is {} and still holds {account:?}", moved.id, moved.to));
                }
            }
        }
    }

    /// Writes each cart whose row is what it follows on; answers which.
    pub(crate) fn keep(&mut self, carts: &[Successor]) -> HashSet<CartId> {
        let mut kept = HashSet::new();
        for cart in carts {
            let id = cart.contents.owner.cart();
            let fits = match self.carts.get(&id) {
                Some(there) => {
                    (there.version == cart.follows && there.generation == cart.contents.generation)
                        || is_on(Mutant::CartUpsertAfterConversion)
                }
                None => cart.follows == 0,
            };
            if fits {
                if let Some(there) = self.carts.get(&id)
                    && there.generation > cart.contents.generation
                {
                    self.broken.push(format!("cart {id} went back to generation {}", cart.contents.generation));
                }
                self.carts.insert(id, (*cart.contents).clone());
                kept.insert(id);
            }
        }
        kept
    }
}
