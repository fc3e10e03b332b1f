//! What buyers and admins asked and were told, and whether the tables can explain it: every acknowledgement found once, every
//! refusal true when it was given and kept, and everything in an order that agrees with who was answered before whom.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use engine::checkout::Placed;
use engine::desk::Moved;
use engine::id::{LocationId, OrderId, PrincipalId};
use engine::inventory::{AccountId, Changed};
use engine::order::Status;

use crate::goods;
use crate::postgres::tables::Tables;

#[derive(Clone, Default)]
pub(crate) struct History(Rc<RefCell<Vec<Entry>>>);

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) asked: Duration,
    /// When the sending that was answered began.
    pub(crate) tried: Duration,
    pub(crate) answered: Duration,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Placed {
        principal: PrincipalId,
        key: String,
        placed: Rc<Placed>,
        replayed: bool,
    },
    /// `epoch`: whose word it is; it dies with its memory.
    OutOfStock {
        principal: PrincipalId,
        key: String,
        epoch: i64,
        short: Vec<(usize, i64, i64, i64)>,
    },
    LimitReached {
        principal: PrincipalId,
        key: String,
        epoch: i64,
        already: i64,
        requested: i64,
    },
    /// Told once and for all that it was not placed.
    NotPlaced {
        principal: PrincipalId,
        key: String,
        why: String,
    },
    /// Told that it was not placed as things were. A second delivery of the same request may find them as it expects.
    NotNow {
        principal: PrincipalId,
        key: String,
        why: String,
    },
    /// Whatever became of it.
    Unknown {
        key: String,
    },
    Moved {
        order: OrderId,
        to: Status,
    },
    Stock {
        key: String,
        account: AccountId,
        kind: &'static str,
        changed: Changed,
    },
    /// Something that must not be told to anybody here.
    Fault {
        why: String,
    },
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Placed { key, placed, replayed, .. } => {
                write!(f, "{key} is order {} (again: {replayed}):", placed.order)?;
                for line in &placed.lines {
                    write!(f, " {} {} at {}", line.quantity, line.sku, line.seq)?;
                }
                Ok(())
            }
            Self::OutOfStock { key, epoch, short, .. } => {
                write!(f, "{key} is refused in epoch {epoch}:")?;
                for (kind, requested, available, seq) in short {
                    write!(f, " {requested} KIND-{kind} of {available} at {seq}")?;
                }
                Ok(())
            }
            Self::LimitReached { key, already, requested, .. } => {
                write!(f, "{key} is refused: {requested} after {already}")
            }
            Self::NotPlaced { key, why, .. } | Self::NotNow { key, why, .. } => write!(f, "{key} is not placed: {why}"),
            Self::Unknown { key, .. } => write!(f, "{key} gave up"),
            Self::Moved { order, to } => write!(f, "order {order} is {to}"),
            Self::Stock { key, kind, changed, .. } => write!(f, "{key} {kind} at {:?}", changed.seqs),
            Self::Fault { why } => f.write_str(why),
        }
    }
}

impl History {
    pub(crate) fn add(&self, asked: Duration, answered: Duration, what: What) {
        crate::world::note(|| format!("asked at {:.6}: {what}", asked.as_secs_f64()));
        self.0.borrow_mut().push(Entry { asked, tried: asked, answered, what });
    }

    /// The one that was sent at `tried` was answered, after others.
    pub(crate) fn add_repeated(&self, asked: Duration, tried: Duration, answered: Duration, what: What) {
        self.add(asked, answered, what);
        if let Some(last) = self.0.borrow_mut().last_mut() {
            last.tried = tried;
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.0.borrow().clone()
    }

    pub(crate) fn moved(&self, asked: Duration, answered: Duration, moved: &Moved) {
        self.add(asked, answered, What::Moved { order: moved.order.id, to: moved.order.state.status });
    }
}

/// What can be asked of a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Demands {
    /// What was refused stays so, while whoever said it is there.
    pub(crate) remembered: bool,
}

/// What the tables cannot explain.
pub(crate) fn unexplained(entries: &[Entry], tables: &Tables, demands: Demands) -> Vec<String> {
    let mut findings = Vec::new();
    let mut changes: BTreeMap<AccountId, Vec<(i64, Duration, Duration)>> = BTreeMap::new();
    for entry in entries {
        match &entry.what {
            What::Placed { principal, key, placed, replayed } => {
                explain_placed(&mut findings, tables, *principal, key, placed);
                for line in &placed.lines {
                    let at = account(goods::kind_of(&line.sku));
                    let found = tables.ledger.get(&at).and_then(|entries| entries.get(line.seq as usize - 1));
                    let batch = found.map(|found| found.batch);
                    findings.extend(batch.and_then(|batch| told_too_early(tables, key, batch, entry.answered)));
                }
                if !replayed {
                    for line in &placed.lines {
                        let at = account(goods::kind_of(&line.sku));
                        changes.entry(at).or_default().push((line.seq, entry.asked, entry.answered));
                    }
                }
            }
            What::OutOfStock { principal, key, epoch, short } => {
                let word = demands.remembered.then_some(*epoch);
                stays_refused(&mut findings, tables, *principal, key, word, entry.tried);
                for (kind, requested, available, seq) in short {
                    let past = tables.past.get(&account(*kind)).and_then(|past| past.get(*seq as usize));
                    let sellable = past.map_or(0, |level| level.sellable().max(0));
                    if sellable != *available || requested <= available {
                        findings.push(format!(
                            "P3: {key} was told {available} of kind {kind} at seq {seq}, where {sellable} were, {requested} asked"
                        ));
                    }
                }
            }
            What::LimitReached { principal, key, epoch, already, requested } => {
                let word = demands.remembered.then_some(*epoch);
                stays_refused(&mut findings, tables, *principal, key, word, entry.tried);
                let bought = bought_of_the_limited(tables, *principal);
                if already + requested <= goods::LIMIT || bought < *already {
                    findings.push(format!(
                        "P3: {key} was refused for its limit with {already} and {requested}, and {bought} were ever bought"
                    ));
                }
            }
            What::NotPlaced { principal, key, why } => absent(&mut findings, tables, *principal, key, why),
            What::NotNow { principal, key, .. } => {
                stays_refused(&mut findings, tables, *principal, key, None, entry.tried);
            }
            What::Unknown { .. } => {}
            What::Moved { order, to } => explain_moved(&mut findings, tables, *order, *to),
            What::Stock { key, account, kind, changed } => {
                for seq in &changed.seqs {
                    let entries = tables.ledger.values().filter_map(|entries| entries.get(*seq as usize - 1));
                    if !entries.into_iter().any(|found| found.batch == changed.batch) {
                        findings.push(format!(
                            "P2: {key} was told seq {seq} of batch {}, which is not there",
                            changed.batch
                        ));
                    }
                }
                findings.extend(told_too_early(tables, key, changed.batch, entry.answered));
                if let (Some(seq), false) = (changed.seqs.first(), changed.replayed) {
                    let found = tables.ledger.get(account).and_then(|entries| entries.get(*seq as usize - 1));
                    if found.is_none_or(|found| found.kind != *kind) {
                        findings.push(format!("P2: {key} was told seq {seq} of {account:?}, which is {found:?}"));
                    }
                    changes.entry(*account).or_default().push((*seq, entry.asked, entry.answered));
                }
            }
            What::Fault { why } => findings.push(why.clone()),
        }
    }
    for (account, mut changes) in changes {
        in_real_time_order(&mut findings, account, &mut changes);
        refused_on_what_is_new(&mut findings, account, &changes, entries);
    }
    findings
}

fn account(kind: usize) -> AccountId {
    AccountId { variant: goods::variant(kind), location: LocationId::MAIN }
}

fn explain_placed(findings: &mut Vec<String>, tables: &Tables, principal: PrincipalId, key: &str, placed: &Placed) {
    let Some(id) = tables.by_key.get(&(principal, key.to_owned())) else {
        return findings.push(format!("P2: {key} was told of an order that is not there"));
    };
    let order = &tables.orders[id];
    let told: Vec<_> = placed.lines.iter().map(|line| (line.sku.clone(), line.quantity, line.seq)).collect();
    let there: Vec<_> = order.lines.iter().map(|line| (line.sku.clone(), line.quantity.get(), line.seq)).collect();
    if *id != placed.order || told != there || order.totals != placed.totals {
        findings.push(format!("P2, P4: {key} was told {} {told:?}, there is {id} {there:?}", placed.order));
    }
    for line in &order.lines {
        let at = AccountId { variant: line.variant_id, location: line.location_id };
        let entry = tables.ledger.get(&at).and_then(|entries| entries.get(line.seq as usize - 1));
        if entry.is_none_or(|entry| entry.order != Some(*id)) {
            findings.push(format!("P6: seq {} of {at:?} is not of order {id}", line.seq));
        }
    }
}

/// What was told was durable by then.
fn told_too_early(tables: &Tables, key: &str, batch: i64, answered: Duration) -> Option<String> {
    let durable = tables.durable_since.get(&batch)?;
    (*durable > answered)
        .then(|| format!("P2: {key} was answered at {answered:?}, and batch {batch} durable at {durable:?}"))
}

/// Given back or not.
fn bought_of_the_limited(tables: &Tables, principal: PrincipalId) -> i64 {
    let orders = tables.orders.values().filter(|order| order.principal_id == principal);
    let lines = orders.flat_map(|order| &order.lines);
    lines.filter(|line| goods::limit_of(goods::kind_of(&line.sku)).is_some()).map(|line| line.quantity.get()).sum()
}

fn absent(findings: &mut Vec<String>, tables: &Tables, principal: PrincipalId, key: &str, why: &str) {
    if let Some(order) = tables.by_key.get(&(principal, key.to_owned())) {
        findings.push(format!("P3: {key} was told \"{why}\" and is order {order}"));
    }
}

/// A refusal is remembered by whoever gave it, for longer than the quotes of this shop hold. Another server does not know
/// of it, and may carry out a repetition that arrives before its quote ends.
fn stays_refused(
    findings: &mut Vec<String>,
    tables: &Tables,
    principal: PrincipalId,
    key: &str,
    epoch: Option<i64>,
    tried: Duration,
) {
    let Some(id) = tables.by_key.get(&(principal, key.to_owned())) else { return };
    let order = &tables.orders[id];
    let line = order.lines.first().expect("an order has lines");
    let at = AccountId { variant: line.variant_id, location: line.location_id };
    let batch = tables.ledger[&at][line.seq as usize - 1].batch;
    if Some(tables.batches[&batch].0) == epoch {
        findings.push(format!("P3: {key} was refused and became order {id}"));
    }
    if tables.durable_since[&batch] < tried {
        findings.push(format!("P3, P4: {key} was order {id} already when it was refused"));
    }
}

/// What an order was moved to is not moved back.
fn explain_moved(findings: &mut Vec<String>, tables: &Tables, order: OrderId, to: Status) {
    let now = tables.orders.get(&order).map(|order| order.state.status);
    let fits = match (to, now) {
        (Status::Confirmed, Some(now)) => matches!(now, Status::Confirmed | Status::Cancelled),
        (Status::Cancelled | Status::Expired, Some(now)) => now == to,
        (Status::PaymentPending, Some(_)) => true,
        (_, Some(now)) => now == to,
        (_, None) => false,
    };
    if !fits {
        findings.push(format!("P2: order {order} was moved to {to} and is {now:?}"));
    }
}

/// Whoever was answered before another one asked has the lower seq.
fn in_real_time_order(findings: &mut Vec<String>, account: AccountId, changes: &mut [(i64, Duration, Duration)]) {
    changes.sort_unstable();
    let mut answered_first = Duration::MAX;
    for (seq, asked, answered) in changes.iter().rev() {
        if answered_first < *asked {
            findings.push(format!("P6: seq {seq} of {account:?} was asked for after a later one was answered"));
        }
        answered_first = answered_first.min(*answered);
    }
}

/// A refusal rests on everything that was acknowledged before it was asked for.
fn refused_on_what_is_new(
    findings: &mut Vec<String>,
    account: AccountId,
    changes: &[(i64, Duration, Duration)],
    entries: &[Entry],
) {
    let mut by_answer: Vec<(Duration, i64)> = changes.iter().map(|(seq, _, answered)| (*answered, *seq)).collect();
    by_answer.sort_unstable();
    let mut first_asked: BTreeMap<&str, Duration> = BTreeMap::new();
    for entry in entries {
        if let What::OutOfStock { key, .. } = &entry.what {
            let asked = first_asked.entry(key).or_insert(entry.asked);
            *asked = entry.asked.min(*asked);
        }
    }
    let mut newest = 0;
    for known in &mut by_answer {
        newest = newest.max(known.1);
        known.1 = newest;
    }
    for entry in entries {
        let What::OutOfStock { key, short, .. } = &entry.what else { continue };
        // A repetition is told what the first was.
        let asked = first_asked.get(key.as_str()).copied().unwrap_or(entry.asked);
        for (kind, _, _, seq) in short.iter().filter(|(kind, ..)| goods::variant(*kind) == account.variant) {
            let before = by_answer.partition_point(|(answered, _)| *answered < asked);
            let known = before.checked_sub(1).map_or(0, |last| by_answer[last].1);
            if *seq < known {
                findings
                    .push(format!("P3: {key} was refused kind {kind} at seq {seq}, after {known} was acknowledged"));
            }
        }
    }
}
